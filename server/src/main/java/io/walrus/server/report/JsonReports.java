package io.walrus.server.report;

import com.fasterxml.jackson.core.JsonFactory;
import io.walrus.consensus.RaftStatus;
import io.walrus.node.request.ClusterView;
import io.walrus.node.request.NodeFigures;
import io.walrus.node.request.Reports;
import io.walrus.node.request.SealReport;
import io.walrus.node.request.TopicState;
import io.walrus.server.config.CommandLineArguments;
import io.walrus.storage.engine.EngineStatus;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/// What the node tells of itself, as JSON. Called with the node's lock held.
public final class JsonReports implements Reports {
    private final JsonFactory json = new JsonFactory();
    private final Supplier<RaftStatus> raft;
    private final Supplier<EngineStatus> log;
    private final IntSupplier connections;
    private final long startedNs;

    /// Reports of one node, whose parts are asked when a report is.
    ///
    /// @param connections how many client connections there are
    /// @param startedNs when the process started
    public JsonReports(Supplier<RaftStatus> raft, Supplier<EngineStatus> log, IntSupplier connections, long startedNs) {
        this.raft = raft;
        this.log = log;
        this.connections = connections;
        this.startedNs = startedNs;
    }

    @Override
    public String state(TopicState topic) {
        return StateReport.of(json, topic);
    }

    @Override
    public String seal(SealReport report) {
        return SealCommandReport.of(json, report);
    }

    @Override
    public String cluster(ClusterView view) {
        return ClusterReport.of(json, view);
    }

    @Override
    public String metrics(NodeFigures figures) {
        return MetricsReport.of(
                json,
                new MetricsReport.Sources(
                        raft.get(),
                        figures,
                        log.get(),
                        connections.getAsInt(),
                        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNs),
                        CommandLineArguments.version()));
    }
}
