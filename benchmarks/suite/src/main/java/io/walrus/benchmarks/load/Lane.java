package io.walrus.benchmarks.load;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;

/// Where one connection goes.
///
/// @param topics what it asks for, in turn; their names have the same length
public record Lane(InetSocketAddress address, List<String> topics) {
    public Lane {
        topics = List.copyOf(topics);
        if (topics.isEmpty()) {
            throw new IllegalArgumentException("a connection needs a topic");
        }
    }

    /// Connections to one server, which share its topics: connection n takes topic n modulo their number.
    public static List<Lane> toOne(InetSocketAddress address, int connections, List<String> topics) {
        List<Lane> lanes = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            lanes.add(new Lane(address, List.of(topics.get(i % topics.size()))));
        }
        return lanes;
    }

    /// Spreads connections over the nodes that lead topics, and the topics of each over its connections. With more
    /// topics than connections each topic has one connection, with fewer each connection has one topic.
    ///
    /// @param led the topics of each node, at least one of each
    /// @param addresses of the nodes, of node 1 first
    public static List<Lane> spread(
            NavigableMap<Integer, List<String>> led, List<InetSocketAddress> addresses, int connections) {
        List<Map.Entry<Integer, List<String>>> leaders = List.copyOf(led.entrySet());
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
            lanes.add(new Lane(addresses.get(leader.getKey() - 1), own));
        }
        return lanes;
    }
}
