package io.walrus.testkit.crash;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The naive model of all streams. Immutable.
final class ModelState {
    static final ModelState EMPTY = new ModelState(new TreeMap<>());

    private final Map<String, StreamModel> streams;

    private ModelState(Map<String, StreamModel> streams) {
        this.streams = streams;
    }

    List<String> keys() {
        return List.copyOf(streams.keySet());
    }

    @Nullable
    StreamModel stream(String key) {
        return streams.get(key);
    }

    StreamModel existing(String key) {
        StreamModel stream = streams.get(key);
        if (stream == null) {
            throw new IllegalStateException("no stream " + key);
        }
        return stream;
    }

    ModelState apply(StreamChange change) {
        Map<String, StreamModel> next = new TreeMap<>(streams);
        String key = change.key();
        switch (change) {
            case StreamChange.Create _ -> next.put(key, StreamModel.empty());
            case StreamChange.Append append ->
                next.put(key, existing(key).append(List.of(append.payload().view(append.timestampMs()))));
            case StreamChange.AppendBatch batch ->
                next.put(
                        key,
                        existing(key)
                                .append(batch.payloads().stream()
                                        .map(payload -> payload.view(batch.timestampMs()))
                                        .toList()));
            case StreamChange.AppendCursor cursor ->
                next.put(key, existing(key).setCursor(cursor.name(), cursor.cursor()));
            case StreamChange.SetAttribute attribute ->
                next.put(key, existing(key).setAttribute(attribute.name(), attribute.value()));
            case StreamChange.Truncate truncate -> next.put(key, existing(key).truncate(truncate.records()));
            case StreamChange.Trim trim -> next.put(key, existing(key).trim(trim.entry()));
            case StreamChange.Delete _ -> next.remove(key);
        }
        return new ModelState(next);
    }

    boolean matches(Map<String, StreamView> found) {
        if (!streams.keySet().equals(found.keySet())) {
            return false;
        }
        return streams.entrySet().stream()
                .allMatch(each -> each.getValue().view().equals(found.get(each.getKey())));
    }

    /// What differs, for people.
    List<String> differences(Map<String, StreamView> found) {
        List<String> lines = new ArrayList<>();
        Set<String> keys = new TreeSet<>(streams.keySet());
        keys.addAll(found.keySet());
        for (String key : keys) {
            StreamModel expected = streams.get(key);
            StreamView actual = found.get(key);
            if (expected == null) {
                lines.add(key + ": expected none, found one of " + (actual == null ? 0 : actual.entryCount()));
            } else if (actual == null) {
                lines.add(key + ": expected one of " + expected.view().entryCount() + " entries, found none");
            } else {
                expected.view().differences(actual).forEach(line -> lines.add(key + ": " + line));
            }
        }
        return lines;
    }
}
