package io.walrus.node.cursor;

import io.walrus.metadata.CursorPosition;
import io.walrus.metadata.SealedSegment;
import io.walrus.node.read.Entries;
import io.walrus.node.read.ReadAhead;
import io.walrus.node.route.Refusals;
import io.walrus.node.route.Segments;
import io.walrus.node.route.ServedTopic;
import io.walrus.node.session.Slot;
import io.walrus.storage.Cursor;
import io.walrus.storage.LogEngine;
import io.walrus.storage.LogStream;
import io.walrus.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Hands out each entry of a topic once, to whoever asks.
///
/// The cursor moves in memory as entries are handed out; before the replies leave, one record in the open segment's own
/// log says how far it got, for all of them together. A crash before that record is committed leaves the cursor where
/// it was, and no reply has been sent. Guarded by the node's lock.
public final class SharedCursor {
    /// The name of the one cursor every GET shares.
    public static final String NAME = "shared";

    private final LogEngine engine;
    private final Segments segments;
    private final Entries entries;
    private final ReadAhead readAhead;
    private final List<ServedTopic> unlogged = new ArrayList<>();
    private final Set<ServedTopic> awaitingCommit = new LinkedHashSet<>();
    private long handedOut;
    private volatile boolean waiting;

    public SharedCursor(LogEngine engine, Segments segments, Entries entries, ReadAhead readAhead) {
        this.engine = engine;
        this.segments = segments;
        this.entries = entries;
        this.readAhead = readAhead;
    }

    /// Entries handed out since the start.
    public long handedOut() {
        return handedOut;
    }

    /// Answers with the next entry, now or as soon as it has been read from the disk.
    public void get(ServedTopic topic, Slot slot, long nowNs) {
        if (topic.phase() == ServedTopic.Phase.UNLED) {
            slot.error(Refusals.notLed(topic));
            return;
        }
        slot.waitingSince(nowNs);
        if (!topic.waitingGets().isEmpty() || !serve(topic, slot)) {
            slot.expectPayload();
            topic.waitingGets().add(slot);
        }
    }

    /// Whether a GET waits for an entry to be committed. May be asked without the lock.
    public boolean isWaiting() {
        return waiting;
    }

    /// The log has committed more, or what was to come never will.
    public void committed() {
        if (awaitingCommit.isEmpty()) {
            return;
        }
        List<ServedTopic> topics = List.copyOf(awaitingCommit);
        awaitingCommit.clear();
        topics.forEach(this::serveWaiting);
        waiting = !awaitingCommit.isEmpty();
    }

    /// Writes down how far the cursors got. Called at the end of every hold of the lock.
    public void log(long nowMs) {
        if (unlogged.isEmpty()) {
            return;
        }
        unlogged.removeIf(topic -> !topic.hasUnloggedCursor() || log(topic, nowMs));
    }

    /// Gives up on GETs that have waited for longer than `timeoutNs`. The cursor is where it was before them.
    public void expire(ServedTopic topic, long nowNs, long timeoutNs) {
        if (isLate(topic.unloggedGets().isEmpty() ? null : topic.unloggedGets().getFirst(), nowNs, timeoutNs)) {
            rewind(topic, Refusals.notLed(topic));
        }
        if (isLate(topic.waitingGets().peek(), nowNs, timeoutNs)) {
            failWaiting(topic, Refusals.notRead(topic));
        }
    }

    /// Gives up on all GETs under way; the cursor is where it was before them.
    public void refuseWaiting(ServedTopic topic, String error) {
        rewind(topic, error);
        failWaiting(topic, error);
    }

    /// Takes over the cursor from the topic's earlier segments, unless it is further on already.
    public void advanceToStart(ServedTopic topic) {
        CursorPosition start = topic.open().startCursors().get(NAME);
        if (start != null) {
            advance(topic, start);
        }
    }

    /// Takes over the cursor as an earlier run of this node left it in the open segment.
    public void recover(ServedTopic topic, LogStream stream) {
        Cursor last = stream.cursor(NAME);
        if (last != null) {
            advance(topic, new CursorPosition(last.segment(), last.offset()));
        }
    }

    private static void advance(ServedTopic topic, CursorPosition position) {
        if (topic.cursor().compareTo(position) < 0) {
            topic.cursor(position);
            topic.loggedCursor(position);
        }
    }

    private static boolean isLate(@Nullable Slot slot, long nowNs, long timeoutNs) {
        return slot != null && nowNs - slot.waitingSinceNs() > timeoutNs;
    }

    /// Takes entries back that were handed out but whose cursor could not be logged.
    private static void rewind(ServedTopic topic, String message) {
        topic.cursor(topic.loggedCursor());
        for (Slot slot : topic.unloggedGets()) {
            slot.refuse(message);
        }
        topic.unloggedGets().clear();
    }

    private static void failWaiting(ServedTopic topic, String message) {
        for (Slot slot : topic.waitingGets()) {
            slot.refuse(message);
        }
        topic.waitingGets().clear();
    }

    private boolean log(ServedTopic topic, long nowMs) {
        if (!topic.isLeading()) {
            return false;
        }
        LogStream stream = topic.stream();
        CursorPosition position = topic.cursor();
        long sequence = stream.records();
        try {
            if (engine.appendCursor(stream, NAME, new Cursor(position.segment(), position.offset()), nowMs) < 0) {
                return false;
            }
        } catch (StorageException e) {
            rewind(topic, Refusals.text(e));
            return true;
        }
        topic.loggedCursor(position);
        for (Slot slot : topic.unloggedGets()) {
            slot.payloadOnceCommitted(stream, sequence);
        }
        topic.unloggedGets().clear();
        return true;
    }

    /// Answers one GET.
    ///
    /// @return false if the entry has to be read from the disk first
    private boolean serve(ServedTopic topic, Slot slot) {
        try {
            LogStream stream = streamAtCursor(topic);
            if (stream == null) {
                if (isMoreComing(topic)) {
                    awaitingCommit.add(topic);
                    waiting = true;
                    return false;
                }
                slot.empty();
                return true;
            }
            CursorPosition at = topic.cursor();
            ByteBuffer entry = entries.find(stream, at.offset());
            if (entry == null) {
                read(topic, stream, at.offset());
                return false;
            }
            slot.hold(entry);
            handedOut++;
            topic.cursor(new CursorPosition(at.segment(), at.offset() + 1));
            if (!topic.hasUnloggedCursor()) {
                unlogged.add(topic);
            }
            topic.unloggedGets().add(slot);
        } catch (StorageException e) {
            slot.error(Refusals.text(e));
        }
        return true;
    }

    /// Moves the cursor past segments that are used up.
    ///
    /// @return the stream that holds the next entry, or null if there is none yet
    private @Nullable LogStream streamAtCursor(ServedTopic topic) throws StorageException {
        while (true) {
            CursorPosition at = topic.cursor();
            if (at.segment() >= topic.open().number()) {
                LogStream open = topic.streamIfAny();
                return open != null && at.offset() < open.committedEntries() ? open : null;
            }
            SealedSegment sealed = topic.metadata().sealed().get(at.segment());
            if (sealed != null && at.offset() < sealed.entries()) {
                return segments.require(topic, at.segment());
            }
            topic.cursor(new CursorPosition(topic.segmentAfter(at.segment()), 0));
        }
    }

    private void read(ServedTopic topic, LogStream stream, long offset) {
        if (topic.coldReadUnderWay()) {
            return;
        }
        topic.coldReadUnderWay(true);
        readAhead.request(stream, offset, failure -> {
            topic.coldReadUnderWay(false);
            readEnded(topic, failure);
        });
    }

    private void readEnded(ServedTopic topic, @Nullable IOException failure) {
        if (failure != null) {
            failWaiting(topic, Refusals.text(failure));
            return;
        }
        serveWaiting(topic);
    }

    private void serveWaiting(ServedTopic topic) {
        while (!topic.waitingGets().isEmpty()
                && serve(topic, topic.waitingGets().element())) {
            topic.waitingGets().remove().session().wake();
        }
    }

    /// Whether entries were taken that are not committed yet: a GET sent behind its own PUT must find it.
    private static boolean isMoreComing(ServedTopic topic) {
        LogStream open = topic.streamIfAny();
        return !topic.waitingPuts().isEmpty() || (open != null && open.committedEntries() < open.entries());
    }
}
