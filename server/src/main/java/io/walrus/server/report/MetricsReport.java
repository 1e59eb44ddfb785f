package io.walrus.server.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.walrus.consensus.RaftStatus;
import io.walrus.node.peer.LogHealth;
import io.walrus.node.repair.CopyFigures;
import io.walrus.node.repair.ScrubFigures;
import io.walrus.node.request.NodeFigures;
import io.walrus.storage.engine.EngineStatus;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Renders METRICS.
final class MetricsReport {
    /// What a node is doing, from its parts.
    record Sources(
            RaftStatus raft, NodeFigures node, EngineStatus log, int connections, long uptimeMs, String version) {}

    private MetricsReport() {}

    /// The node as JSON. The names that users of Walrus know come first.
    static String of(JsonFactory json, Sources sources) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = json.createGenerator(text)) {
            out.writeStartObject();
            raft(out, sources.raft);
            node(out, sources);
            log(out, sources);
            memory(out);
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static void raft(JsonGenerator out, RaftStatus raft) throws IOException {
        out.writeNumberField("id", raft.nodeId());
        out.writeStringField("state", titleCase(raft.role().name()));
        out.writeNumberField("current_term", raft.term());
        number(out, "current_leader", raft.leader());
        number(out, "vote", raft.vote());
        index(out, "last_log_index", raft.lastLogIndex());
        index(out, "last_applied", raft.lastAppliedIndex());
        index(out, "snapshot", raft.snapshotIndex());
        index(out, "purged", raft.purgedIndex());
        out.writeObjectFieldStart("membership_config");
        out.writeObjectFieldStart("membership");
        out.writeArrayFieldStart("configs");
        out.writeStartArray();
        for (Long voter : raft.voters()) {
            out.writeNumber(voter);
        }
        out.writeEndArray();
        out.writeEndArray();
        out.writeObjectFieldStart("nodes");
        for (Map.Entry<Long, String> node : raft.addresses().entrySet()) {
            out.writeObjectFieldStart(Long.toString(node.getKey()));
            out.writeStringField("addr", node.getValue());
            out.writeEndObject();
        }
        out.writeEndObject();
        out.writeEndObject();
        out.writeEndObject();
        if (!raft.replication().isEmpty()) {
            out.writeObjectFieldStart("replication");
            for (Map.Entry<Long, Long> node : raft.replication().entrySet()) {
                out.writeObjectFieldStart(Long.toString(node.getKey()));
                out.writeNumberField("index", node.getValue());
                out.writeEndObject();
            }
            out.writeEndObject();
        }
    }

    private static void node(JsonGenerator out, Sources sources) throws IOException {
        out.writeStringField("version", sources.version);
        out.writeNumberField("uptime_ms", sources.uptimeMs);
        out.writeNumberField("connections", sources.connections);
        out.writeNumberField("topics", sources.node.topics());
        out.writeNumberField("segments_led", sources.node.leading());
        out.writeNumberField("entries_appended", sources.node.putsAppended());
        out.writeNumberField("entries_handed_out", sources.node.getsHandedOut());
        out.writeNumberField("entries_fetched", sources.node.fetched());
        copies(out, sources.node.copies());
        scrub(out, sources.node.scrub());
    }

    private static void scrub(JsonGenerator out, ScrubFigures scrub) throws IOException {
        out.writeObjectFieldStart("scrub");
        out.writeNumberField("round_began_ms", scrub.roundBeganMs());
        index(out, "round_ended_ms", scrub.roundEndedMs());
        out.writeNumberField("checked_bytes", scrub.checkedBytes());
        out.writeNumberField("damaged_found", scrub.damagedFound());
        out.writeEndObject();
    }

    private static void copies(JsonGenerator out, CopyFigures copies) throws IOException {
        index(out, "under_replicated", copies.underReplicated());
        out.writeNumberField("segments_to_copy", copies.segmentsToCopy());
        out.writeNumberField("bytes_to_copy", copies.bytesToCopy());
        out.writeNumberField("segments_copied", copies.segmentsCopied());
        out.writeNumberField("bytes_copied", copies.bytesCopied());
        out.writeNumberField("damaged_copies", copies.damagedCopies());
    }

    private static void log(JsonGenerator out, Sources sources) throws IOException {
        EngineStatus log = sources.log;
        out.writeObjectFieldStart("log");
        boolean isStalled = sources.node.health() == LogHealth.STALLED;
        out.writeStringField("state", isStalled ? "stalled" : log.state().name().toLowerCase(Locale.ROOT));
        if (!log.reason().isEmpty()) {
            out.writeStringField("reason", log.reason());
        }
        out.writeNumberField("commit_groups", log.durableGroup() + 1);
        out.writeNumberField("journal_bytes", log.journalBytes());
        out.writeNumberField("unflushed_bytes", log.unflushedBytes());
        out.writeNumberField("checkpoints", log.checkpoints());
        out.writeNumberField("segments", log.streams());
        index(out, "usable_bytes", log.usableBytes());
        out.writeEndObject();
    }

    private static void memory(JsonGenerator out) throws IOException {
        Runtime runtime = Runtime.getRuntime();
        out.writeNumberField("heap_used_bytes", runtime.totalMemory() - runtime.freeMemory());
        out.writeNumberField("heap_max_bytes", runtime.maxMemory());
    }

    private static void number(JsonGenerator out, String name, @Nullable Long value) throws IOException {
        if (value == null) {
            out.writeNullField(name);
        } else {
            out.writeNumberField(name, value);
        }
    }

    /// An index that does not exist yet is null.
    private static void index(JsonGenerator out, String name, long value) throws IOException {
        number(out, name, value < 0 ? null : value);
    }

    private static String titleCase(String word) {
        return word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT);
    }
}
