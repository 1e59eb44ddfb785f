package io.walrus.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.systemtests.node.TopicState;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// What was ever read of a topic's log, through whichever node, and how long its segments were said to be: an entry
/// stays what it is and where it is, a sealed segment keeps its count and does not go away.
///
/// Used by any thread.
final class LogSeen {
    private static final class Segment {
        private long[] entries = new long[16];
        private long sealed = -1;
        private int known;

        /// Remembers an entry by its hash; 0 stands for none yet.
        void entry(int offset, long hash, String where) {
            if (offset >= entries.length) {
                entries = Arrays.copyOf(entries, Math.max(offset + 1, 2 * entries.length));
            }
            assertThat(entries[offset] == 0 || entries[offset] == hash)
                    .as("%s is what it was when it was read before", where)
                    .isTrue();
            entries[offset] = hash;
            known = Math.max(known, offset + 1);
        }
    }

    private final String topic;
    private final SortedMap<Long, Segment> segments = new TreeMap<>();

    LogSeen(String topic) {
        this.topic = topic;
    }

    /// FETCH brought an entry.
    synchronized void entry(long segment, long offset, byte[] payload) {
        Segment seen = segment(segment);
        String where = "entry " + offset + " of segment " + segment + " of " + topic;
        seen.entry(Math.toIntExact(offset), hash(payload), where);
        requireRoom(segment, seen);
    }

    /// STATE told of the topic.
    synchronized void state(TopicState state) {
        state.sealed().forEach((number, count) -> {
            Segment seen = segment(number);
            assertThat(seen.sealed == -1 || seen.sealed == count)
                    .as("segment %d of %s, sealed with %d entries, now has %d", number, topic, seen.sealed, count)
                    .isTrue();
            seen.sealed = count;
            requireRoom(number, seen);
        });
    }

    /// The same, from a node that knows all that was decided by now.
    synchronized void finalState(TopicState state) {
        state(state);
        for (Map.Entry<Long, Segment> segment : segments.entrySet()) {
            boolean holdsEntries = segment.getValue().sealed > 0 || segment.getValue().known > 0;
            assertThat(!holdsEntries
                            || state.sealed().containsKey(segment.getKey())
                            || segment.getKey() == state.currentSegment())
                    .as("segment %d of %s, which holds entries, is there", segment.getKey(), topic)
                    .isTrue();
        }
    }

    private Segment segment(long number) {
        return segments.computeIfAbsent(number, _ -> new Segment());
    }

    private void requireRoom(long number, Segment seen) {
        assertThat(seen.sealed == -1 || seen.known <= seen.sealed)
                .as("segment %d of %s, sealed with %d entries, had %d", number, topic, seen.sealed, seen.known)
                .isTrue();
    }

    private static long hash(byte[] payload) {
        long hash = 0xcbf29ce484222325L;
        for (byte one : payload) {
            hash = (hash ^ (one & 0xff)) * 0x100000001b3L;
        }
        return hash == 0 ? 1 : hash;
    }
}
