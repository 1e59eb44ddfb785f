package io.walrus.node.request;

import io.walrus.metadata.SealedSegment;
import io.walrus.node.part.Now;
import io.walrus.node.store.Entries;
import io.walrus.node.store.ReadOutcome;
import io.walrus.node.store.Segments;
import io.walrus.node.store.Source;
import io.walrus.node.topic.LedSegment;
import io.walrus.node.topic.Refusals;
import io.walrus.node.topic.ServedTopic;
import io.walrus.node.topic.Slot;
import io.walrus.protocol.ErrorTexts;
import io.walrus.storage.error.StorageException;
import org.jspecify.annotations.Nullable;

/// Answers FETCH from any segment, wherever it is stored. Guarded by the node's lock.
public final class Fetches {
    private final Segments segments;
    private final Entries entries;
    private final Now now;
    private long fetched;

    public Fetches(Segments segments, Entries entries, Now now) {
        this.segments = segments;
        this.entries = entries;
        this.now = now;
    }

    /// Entries answered since the start.
    long fetched() {
        return fetched;
    }

    /// Answers with the entry, now or as soon as it has been read.
    void fetch(ServedTopic topic, long segment, long offset, Slot slot) {
        fetch(topic, segment, offset, slot, now.ns());
    }

    private void fetch(ServedTopic topic, long segment, long offset, Slot slot, long sinceNs) {
        try {
            Source source = locate(topic, segment, offset, slot);
            if (source != null) {
                serve(topic, segment, source, offset, slot, sinceNs);
            }
        } catch (StorageException e) {
            slot.error(Refusals.text(e));
        }
    }

    /// Finds where the entry is, or answers why there is none.
    private @Nullable Source locate(ServedTopic topic, long segment, long offset, Slot slot) throws StorageException {
        long open = topic.open().number();
        if (segment == open) {
            LedSegment led = topic.ledIfAny();
            if (led == null ? !topic.isOpening() : offset < led.committedEntries()) {
                return segments.source(topic, segment, offset);
            }
            slot.empty();
            return null;
        }
        SealedSegment sealed = topic.metadata().sealed().get(segment);
        if (sealed == null) {
            slot.error(ErrorTexts.unknownSegment(topic.name(), segment, open));
            return null;
        }
        if (offset == sealed.entries()) {
            slot.empty();
            return null;
        }
        if (offset > sealed.entries()) {
            slot.error(ErrorTexts.offsetOutOfRange(topic.name(), segment, offset, sealed.entries()));
            return null;
        }
        return segments.source(topic, segment, offset);
    }

    private void serve(ServedTopic topic, long segment, Source source, long offset, Slot slot, long sinceNs)
            throws StorageException {
        int length = entries.find(source, offset);
        if (length != Entries.NOT_FOUND) {
            if (slot.mayHold(length)) {
                fetched++;
                slot.fetched(offset + 1, entries.copy());
            } else {
                slot.park(length, now.ns(), () -> fetchAgain(topic, segment, offset, slot));
            }
            return;
        }
        slot.expectPayload();
        entries.request(source, offset, sinceNs, outcome -> {
            switch (outcome) {
                // The segment may be elsewhere by now.
                case ReadOutcome.Found _ -> fetch(topic, segment, offset, slot, sinceNs);
                case ReadOutcome.Nothing _ -> slot.empty();
                case ReadOutcome.Failed(String error) -> slot.error(error);
            }
            if (!slot.isOpen()) {
                slot.wake();
            }
        });
    }

    private void fetchAgain(ServedTopic topic, long segment, long offset, Slot slot) {
        fetch(topic, segment, offset, slot, now.ns());
        if (!slot.isOpen()) {
            slot.wake();
        }
    }
}
