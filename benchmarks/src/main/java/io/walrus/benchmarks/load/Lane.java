package io.walrus.benchmarks.load;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

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

    static List<Lane> of(LoadOptions options) {
        List<Lane> lanes = new ArrayList<>();
        for (int i = 0; i < options.connections(); i++) {
            lanes.add(new Lane(options.address(), List.of(options.topic(i % options.topics()))));
        }
        return lanes;
    }
}
