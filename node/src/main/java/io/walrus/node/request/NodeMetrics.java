package io.walrus.node.request;

import io.walrus.node.membership.LiveNodes;
import io.walrus.node.part.MetadataView;
import io.walrus.node.repair.PlacementCheck;
import io.walrus.node.repair.Scrubber;
import io.walrus.node.topic.Slot;

/// METRICS: what this node counts. Guarded by the node's lock.
public final class NodeMetrics {
    /// Those that count requests.
    public record Counters(Puts puts, SharedCursor cursor, Fetches fetches) {}

    private final Reports reports;
    private final MetadataView view;
    private final Counters counters;
    private final PlacementCheck placement;
    private final Scrubber scrubber;
    private final LiveNodes live;

    public NodeMetrics(
            Reports reports,
            MetadataView view,
            Counters counters,
            PlacementCheck placement,
            Scrubber scrubber,
            LiveNodes live) {
        this.reports = reports;
        this.view = view;
        this.counters = counters;
        this.placement = placement;
        this.scrubber = scrubber;
        this.live = live;
    }

    void metrics(Slot slot) {
        slot.json(reports.metrics(figures()));
    }

    public NodeFigures figures() {
        return new NodeFigures(
                view.state().topics().size(),
                view.state().counts().ledBy(view.self().nodeId()),
                counters.puts.accepted(),
                counters.cursor.handedOut(),
                counters.fetches.fetched(),
                placement.figures(),
                scrubber.figures(),
                live.own());
    }
}
