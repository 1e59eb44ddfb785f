package io.walrus.server.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.walrus.metadata.CursorPosition;
import io.walrus.metadata.Replica;
import io.walrus.metadata.SealedSegment;
import io.walrus.node.request.TopicState;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;

/// Renders STATE.
final class StateReport {
    private StateReport() {}

    /// One topic as JSON. The names that users of Walrus know come first.
    static String of(JsonFactory json, TopicState topic) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = json.createGenerator(text)) {
            write(out, topic);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static void write(JsonGenerator out, TopicState topic) throws IOException {
        out.writeStartObject();
        out.writeNumberField("current_segment", topic.metadata().open().number());
        out.writeNumberField("leader_node", topic.metadata().open().leader());
        out.writeNumberField("last_sealed_entry_offset", topic.metadata().sealedEntries());
        out.writeObjectFieldStart("sealed_segments");
        for (SealedSegment segment : topic.metadata().sealed().values()) {
            out.writeNumberField(Long.toString(segment.number()), segment.entries());
        }
        out.writeEndObject();
        out.writeObjectFieldStart("segment_leaders");
        for (SealedSegment segment : topic.metadata().sealed().values()) {
            out.writeNumberField(Long.toString(segment.number()), segment.leader());
        }
        out.writeNumberField(
                Long.toString(topic.metadata().open().number()),
                topic.metadata().open().leader());
        out.writeEndObject();
        out.writeObjectFieldStart("replicas");
        for (SealedSegment segment : topic.metadata().sealed().values()) {
            nodes(out, segment.number(), segment.replicas());
        }
        nodes(out, topic.metadata().open().number(), topic.metadata().open().replicas());
        out.writeEndObject();
        out.writeStringField("topic", topic.metadata().name());
        if (topic.isCurrent()) {
            leaderKnows(out, topic);
        }
        out.writeEndObject();
    }

    private static void nodes(JsonGenerator out, long segment, List<Replica> replicas) throws IOException {
        out.writeArrayFieldStart(Long.toString(segment));
        for (Replica replica : replicas) {
            out.writeNumber(replica.nodeId());
        }
        out.writeEndArray();
    }

    /// What only the leader knows; it is left out where no leader can be asked.
    private static void leaderKnows(JsonGenerator out, TopicState topic) throws IOException {
        long openEntries = topic.openEntries();
        out.writeNumberField("current_segment_entries", openEntries);
        out.writeNumberField("entries", topic.metadata().sealedEntries() + openEntries);
        CursorPosition cursor = topic.cursor();
        out.writeObjectFieldStart("cursor");
        out.writeNumberField("segment", cursor.segment());
        out.writeNumberField("offset", cursor.offset());
        out.writeEndObject();
        out.writeNumberField("unread", unread(topic, openEntries));
    }

    private static long unread(TopicState topic, long openEntries) {
        CursorPosition cursor = topic.cursor();
        long unread = 0;
        for (SealedSegment segment :
                topic.metadata().sealed().tailMap(cursor.segment(), true).values()) {
            unread += segment.entries() - (segment.number() == cursor.segment() ? cursor.offset() : 0);
        }
        return unread + openEntries - (topic.metadata().open().number() == cursor.segment() ? cursor.offset() : 0);
    }
}
