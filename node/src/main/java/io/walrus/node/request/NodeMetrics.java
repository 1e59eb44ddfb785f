package io.walrus.node.request;

import io.walrus.node.membership.LiveNodes;
import io.walrus.node.repair.PlacementCheck;
import io.walrus.node.repair.Scrubber;
import io.walrus.node.topic.ServedTopic;
import io.walrus.node.topic.Slot;
import io.walrus.node.topic.TopicTable;

/// METRICS: what this node counts. Guarded by the node's lock.
public final class NodeMetrics {
    /// Those that count requests.
    public record Counters(Puts puts, SharedCursor cursor, Fetches fetches) {}

    private final Reports reports;
    private final TopicTable topics;
    private final Counters counters;
    private final PlacementCheck placement;
    private final Scrubber scrubber;
    private final LiveNodes live;

    public NodeMetrics(
            Reports reports,
            TopicTable topics,
            Counters counters,
            PlacementCheck placement,
            Scrubber scrubber,
            LiveNodes live) {
        this.reports = reports;
        this.topics = topics;
        this.counters = counters;
        this.placement = placement;
        this.scrubber = scrubber;
        this.live = live;
    }

    void metrics(Slot slot) {
        slot.json(reports.metrics(figures()));
    }

    public NodeFigures figures() {
        int leading = 0;
        for (ServedTopic topic : topics.all()) {
            leading += topic.isLeading() ? 1 : 0;
        }
        return new NodeFigures(
                topics.all().size(),
                leading,
                counters.puts.accepted(),
                counters.cursor.handedOut(),
                counters.fetches.fetched(),
                placement.figures(),
                scrubber.figures(),
                live.own());
    }
}
