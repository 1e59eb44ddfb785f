package io.walrus.node.fetch;

import io.walrus.metadata.SealedSegment;
import io.walrus.node.read.Entries;
import io.walrus.node.read.ReadAhead;
import io.walrus.node.route.Refusals;
import io.walrus.node.route.Segments;
import io.walrus.node.route.ServedTopic;
import io.walrus.node.session.Slot;
import io.walrus.protocol.ErrorTexts;
import io.walrus.storage.LogStream;
import io.walrus.storage.StorageException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Answers FETCH from any segment stored here. Guarded by the node's lock.
public final class Fetches {
    private final Segments segments;
    private final Entries entries;
    private final ReadAhead readAhead;
    private long fetched;

    public Fetches(Segments segments, Entries entries, ReadAhead readAhead) {
        this.segments = segments;
        this.entries = entries;
        this.readAhead = readAhead;
    }

    /// Entries answered since the start.
    public long fetched() {
        return fetched;
    }

    /// Answers with the entry, now or as soon as it has been read from the disk.
    public void fetch(ServedTopic topic, long segment, long offset, Slot slot) {
        try {
            LogStream stream = locate(topic, segment, offset, slot);
            if (stream != null) {
                serve(stream, offset, slot);
            }
        } catch (StorageException e) {
            slot.error(Refusals.text(e));
        }
    }

    /// Finds the stream that has the entry, or answers why there is none.
    private @Nullable LogStream locate(ServedTopic topic, long segment, long offset, Slot slot)
            throws StorageException {
        long open = topic.open().number();
        if (segment == open) {
            LogStream stream = topic.streamIfAny();
            if (stream != null && offset < stream.committedEntries()) {
                return stream;
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
        return segments.require(topic, segment);
    }

    private void serve(LogStream stream, long offset, Slot slot) throws StorageException {
        ByteBuffer entry = entries.find(stream, offset);
        if (entry != null) {
            fetched++;
            slot.fetched(offset + 1, entry);
            return;
        }
        slot.expectPayload();
        readAhead.request(stream, offset, failure -> {
            try {
                if (failure == null) {
                    serve(stream, offset, slot);
                } else {
                    slot.error(Refusals.text(failure));
                }
            } catch (StorageException e) {
                slot.error(Refusals.text(e));
            }
            if (!slot.isOpen()) {
                slot.session().wake();
            }
        });
    }
}
