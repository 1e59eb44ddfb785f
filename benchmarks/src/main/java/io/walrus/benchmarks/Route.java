package io.walrus.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;

/// Where one connection goes, and the topics it puts into, in turn.
public record Route(int node, List<String> topics) {
    public Route {
        topics = List.copyOf(topics);
    }

    /// Spreads connections over the nodes that lead topics, and the topics of each over its connections. With more
    /// topics than connections each topic has one connection, with fewer each connection has one topic.
    ///
    /// @param led the topics of each node, at least one of each
    public static List<Route> spread(NavigableMap<Integer, List<String>> led, int connections) {
        List<Integer> leaders = List.copyOf(led.keySet());
        List<Route> routes = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            int node = leaders.get(i % leaders.size());
            List<String> candidates = led.getOrDefault(node, List.of());
            int ordinal = i / leaders.size();
            int ofThisNode = (connections - 1 - i % leaders.size()) / leaders.size() + 1;
            List<String> own = new ArrayList<>();
            for (int t = ordinal % candidates.size(); t < candidates.size(); t += ofThisNode) {
                own.add(candidates.get(t));
            }
            routes.add(new Route(node, own));
        }
        return routes;
    }
}
