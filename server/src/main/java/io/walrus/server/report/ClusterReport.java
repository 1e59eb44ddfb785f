package io.walrus.server.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.walrus.metadata.ClusterState;
import io.walrus.metadata.NodeInfo;
import io.walrus.node.peer.LogHealth;
import io.walrus.node.peer.NodeReport;
import io.walrus.node.repair.UnderReplicated;
import io.walrus.node.request.ClusterView;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Renders CLUSTER.
final class ClusterReport {
    private ClusterReport() {}

    /// All nodes as JSON.
    static String of(JsonFactory json, ClusterView view) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = json.createGenerator(text)) {
            write(out, view);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static void write(JsonGenerator out, ClusterView view) throws IOException {
        out.writeStartObject();
        out.writeStringField("cluster", Objects.toString(view.state().clusterId(), ""));
        if (view.metadataLeader() == 0) {
            out.writeNullField("metadata_leader");
        } else {
            out.writeNumberField("metadata_leader", view.metadataLeader());
        }
        Map<Long, NodeReport> reports = new HashMap<>();
        view.reports().forEach(report -> reports.put(report.nodeId(), report));
        out.writeArrayFieldStart("nodes");
        for (NodeInfo node : view.state().nodes().values()) {
            node(out, view.state(), node, reports.get(node.nodeId()));
        }
        out.writeEndArray();
        out.writeNumberField("topics", view.state().topics().size());
        out.writeObjectFieldStart("segments");
        out.writeNumberField("open", view.state().topics().size());
        out.writeNumberField("sealed", view.state().counts().sealedIf(_ -> true));
        UnderReplicated underReplicated = view.underReplicated();
        out.writeNumberField("under_replicated_open", underReplicated.open());
        out.writeNumberField("under_replicated_sealed", underReplicated.sealed());
        out.writeEndObject();
        out.writeEndObject();
    }

    private static void node(JsonGenerator out, ClusterState state, NodeInfo node, @Nullable NodeReport report)
            throws IOException {
        long id = node.nodeId();
        out.writeStartObject();
        out.writeNumberField("id", id);
        out.writeStringField("raft_address", node.raftAddress());
        out.writeStringField("client_address", node.clientAddress());
        out.writeStringField("status", state.status(id).name().toLowerCase(Locale.ROOT));
        out.writeBooleanField("alive", report != null && report.isAlive());
        if (report == null) {
            out.writeNullField("last_heard_ms");
            out.writeNullField("log");
        } else {
            out.writeNumberField("last_heard_ms", report.silentMs());
            out.writeStringField("log", word(report.health()));
        }
        out.writeNumberField("segments_led", state.counts().ledBy(id));
        out.writeNumberField("replicas", state.counts().replicasOn(id));
        out.writeEndObject();
    }

    /// As METRICS has it.
    private static String word(LogHealth health) {
        return switch (health) {
            case OK -> "ok";
            case FULL -> "disk_full";
            case FAILED -> "read_only";
            case STALLED -> "stalled";
        };
    }
}
