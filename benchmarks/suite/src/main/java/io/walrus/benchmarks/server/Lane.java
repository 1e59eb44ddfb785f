package io.walrus.benchmarks.server;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// Where one connection goes.
///
/// @param topics what it asks for, in turn
record Lane(InetSocketAddress address, List<String> topics) {
    Lane {
        topics = List.copyOf(topics);
    }

    /// Names for many topics.
    static List<String> topics(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
    }

    /// Spreads connections over the nodes that lead topics, and the topics of each over its connections. With more
    /// topics than connections each topic has one connection, with fewer each connection has one topic.
    ///
    /// @param led the topics of each node, at least one of each
    static List<Lane> spread(Map<InetSocketAddress, List<String>> led, int connections) {
        var leaders = List.copyOf(led.entrySet());
        List<Lane> lanes = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            var leader = leaders.get(i % leaders.size());
            List<String> candidates = leader.getValue();
            int ordinal = i / leaders.size();
            int ofThisNode = (connections - 1 - i % leaders.size()) / leaders.size() + 1;
            List<String> own = new ArrayList<>();
            for (int t = ordinal % candidates.size(); t < candidates.size(); t += ofThisNode) {
                own.add(candidates.get(t));
            }
            lanes.add(new Lane(leader.getKey(), own));
        }
        return lanes;
    }
}
