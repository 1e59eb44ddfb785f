package io.walrus.node.request;

import io.walrus.metadata.CursorPosition;
import io.walrus.metadata.SealedSegment;
import io.walrus.node.membership.Lease;
import io.walrus.node.part.FlushedPart;
import io.walrus.node.part.Now;
import io.walrus.node.replicate.ReplicaSender;
import io.walrus.node.store.Entries;
import io.walrus.node.store.ReadOutcome;
import io.walrus.node.store.Segments;
import io.walrus.node.store.Source;
import io.walrus.node.topic.LedSegment;
import io.walrus.node.topic.Refusals;
import io.walrus.node.topic.ServedTopic;
import io.walrus.node.topic.Slot;
import io.walrus.protocol.ErrorCode;
import io.walrus.protocol.ErrorTexts;
import io.walrus.storage.engine.Cursor;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.error.StorageException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Hands out each entry of a topic once, to whoever asks.
///
/// The cursor moves in memory as entries are handed out; before the replies leave, one record in the open segment's own
/// log says how far it got, for all of them together. A crash before that record is committed leaves the cursor where
/// it was, and no reply has been sent. Guarded by the node's lock.
public final class SharedCursor implements FlushedPart {
    private final LogEngine engine;
    private final Segments segments;
    private final Entries entries;
    private final Lease lease;
    private final ReplicaSender sender;
    private final Now now;
    private final List<ServedTopic> unlogged = new ArrayList<>();
    private final Set<ServedTopic> awaitingCommit = new LinkedHashSet<>();
    private BiConsumer<ServedTopic, Slot> again = (_, _) -> {};
    private long handedOut;
    private volatile boolean waiting;

    public SharedCursor(
            LogEngine engine, Segments segments, Entries entries, Lease lease, ReplicaSender sender, Now now) {
        this.engine = engine;
        this.segments = segments;
        this.entries = entries;
        this.lease = lease;
        this.sender = sender;
        this.now = now;
    }

    /// Who takes up GETs anew, whoever leads their topics by then, whose entries could not be held.
    public void putOffTo(BiConsumer<ServedTopic, Slot> takesUp) {
        again = takesUp;
    }

    /// Entries handed out since the start.
    long handedOut() {
        return handedOut;
    }

    /// Answers with the next entry, now or as soon as it has been read. This node leads the topic.
    void get(ServedTopic topic, Slot slot, long sinceNs) {
        slot.waitingSince(sinceNs);
        slot.arrived(now.ns());
        if (!topic.waitingGets().isEmpty() || !serve(topic, slot)) {
            slot.expectPayload();
            topic.waitingGets().add(slot);
        }
    }

    /// Lets a GET wait to be passed on to the node that leads the topic.
    ///
    /// @param sinceNs when the request began
    void enqueue(ServedTopic topic, Slot slot, long sinceNs) {
        slot.waitingSince(sinceNs);
        slot.expectPayload();
        topic.waitingGets().add(slot);
    }

    /// Looks again at what waits, for instance since this node has come to lead the topic.
    void resume(ServedTopic topic) {
        if (topic.coldRead() == null) {
            serveWaiting(topic);
        }
    }

    /// Moves the cursor on to an entry, past those before it, unless it stands there or behind it already. GETs that
    /// wait for an entry before it go on from there. What was handed out meanwhile is logged by the same record.
    ///
    /// @param isDryRun whether it is only told what that would do
    /// @return false if this node can't do it at the moment
    boolean skip(ServedTopic topic, CursorPosition to, boolean isDryRun, Slot slot) {
        if (!topic.isLeading() || !lease.holds()) {
            return false;
        }
        String error = Skipped.fault(topic, to);
        if (error != null) {
            slot.error(error);
            return true;
        }
        CursorPosition from = topic.cursor();
        Skipped skipped = Skipped.between(topic, from, to.compareTo(from) > 0 ? to : from, isDryRun);
        if (isDryRun) {
            slot.json(skipped.json());
            return true;
        }
        topic.cursor(skipped.to());
        try {
            long sequence = append(topic);
            if (sequence < 0) {
                topic.cursor(from);
                return false;
            }
            slot.jsonOnceCommitted(topic.led(), sequence, skipped.json());
        } catch (StorageException e) {
            topic.cursor(from);
            slot.error(Refusals.text(e));
            return true;
        }
        topic.coldRead(null);
        serveWaiting(topic);
        return true;
    }

    /// Looks again at GETs that wait for an entry to be committed.
    @Override
    public void tick() {
        committed();
    }

    @Override
    public boolean isWaiting() {
        return waiting;
    }

    @Override
    public void committed() {
        if (awaitingCommit.isEmpty()) {
            return;
        }
        List<ServedTopic> topics = List.copyOf(awaitingCommit);
        awaitingCommit.clear();
        topics.forEach(this::serveWaiting);
        waiting = !awaitingCommit.isEmpty();
    }

    /// Writes down how far the cursors got.
    @Override
    public void flush() {
        if (!unlogged.isEmpty() && lease.holds()) {
            unlogged.removeIf(topic -> !topic.hasUnloggedCursor() || log(topic));
        }
    }

    /// Gives up on GETs that have waited for longer than `timeoutNs`. The cursor is where it was before them.
    void expire(ServedTopic topic, long timeoutNs) {
        if (isLate(topic.unloggedGets().isEmpty() ? null : topic.unloggedGets().getFirst(), timeoutNs)) {
            rewind(topic, Refusals.notLed(topic));
        }
        if (isLate(topic.sealingGets().isEmpty() ? null : topic.sealingGets().getFirst(), timeoutNs)) {
            failSealing(topic, "the segment it ended was not sealed in time");
        }
        if (isLate(topic.waitingGets().peek(), timeoutNs)) {
            failWaiting(topic, topic.isLeading() ? Refusals.notRead(topic) : Refusals.notLed(topic));
        }
    }

    /// Gives up on all GETs under way; the cursor is where it was before them.
    void refuseWaiting(ServedTopic topic, String error) {
        failSealing(topic, error);
        rewind(topic, error);
        failWaiting(topic, error);
    }

    /// The cursor to seal the open segment with. What was handed out but not logged by now need not be: it is answered
    /// once the segment is sealed so. The same for each time the seal is proposed.
    public CursorPosition seal(ServedTopic topic) {
        CursorPosition proposed = topic.sealingCursor();
        if (proposed != null) {
            return proposed;
        }
        topic.sealingCursor(topic.cursor());
        topic.sealingGets().addAll(topic.unloggedGets());
        topic.unloggedGets().clear();
        return topic.cursor();
    }

    /// Another segment is open: answers what was handed out in the last one, if that was sealed with a cursor
    /// behind it, and takes back what wasn't. Which it was can't be told if yet another segment was sealed since:
    /// its leader may have handed out the same.
    ///
    /// @param isNext whether no other segment was open in between
    void opened(ServedTopic topic, boolean isNext) {
        CursorPosition proposed = topic.sealingCursor();
        if (!isNext) {
            failSealing(topic, "the topic got other leaders meanwhile");
        } else if (proposed != null && proposed.compareTo(startOf(topic)) <= 0) {
            for (Slot slot : topic.sealingGets()) {
                slot.payload(slot.held());
                slot.wake();
            }
            topic.sealingGets().clear();
        }
        topic.unloggedGets().addAll(0, topic.sealingGets());
        topic.sealingGets().clear();
        topic.sealingCursor(null);
        giveBack(topic);
    }

    private static CursorPosition startOf(ServedTopic topic) {
        CursorPosition start = topic.open().startCursors().get(CursorPosition.SHARED);
        return start == null ? new CursorPosition(1, 0) : start;
    }

    /// Another segment is open: what was handed out but not logged in the last one is to be handed out again, by
    /// the node that leads the topic now. So is what was logged in vain, because the segment was sealed before that
    /// record.
    private static void giveBack(ServedTopic topic) {
        topic.cursor(startOf(topic));
        topic.loggedCursor(startOf(topic));
        for (Slot slot : topic.unloggedGets().reversed()) {
            slot.letGo();
            topic.waitingGets().addFirst(slot);
        }
        topic.unloggedGets().clear();
    }

    private boolean isLate(@Nullable Slot slot, long timeoutNs) {
        return slot != null && now.ns() - slot.waitingSinceNs() > timeoutNs;
    }

    /// Takes entries back that were handed out but whose cursor could not be logged.
    private static void rewind(ServedTopic topic, String message) {
        CursorPosition proposed = topic.sealingCursor();
        topic.cursor(proposed == null ? topic.loggedCursor() : proposed);
        for (Slot slot : topic.unloggedGets()) {
            slot.refuse(message);
        }
        topic.unloggedGets().clear();
    }

    /// The seal may still come to be, with the cursor behind these entries.
    private static void failSealing(ServedTopic topic, String reason) {
        for (Slot slot : topic.sealingGets()) {
            slot.refuse(ErrorTexts.outcomeUnknown("an entry may have been handed out: " + reason));
        }
        topic.sealingGets().clear();
    }

    private static void failWaiting(ServedTopic topic, String message) {
        for (Slot slot : topic.waitingGets()) {
            slot.refuse(message);
        }
        topic.waitingGets().clear();
    }

    private boolean log(ServedTopic topic) {
        if (!topic.isLeading()) {
            return false;
        }
        try {
            return append(topic) >= 0;
        } catch (StorageException e) {
            rewind(topic, Refusals.text(e));
            return true;
        }
    }

    /// Appends a record of where the cursor stands.
    ///
    /// @return its sequence, negative if there is no room for it
    private long append(ServedTopic topic) throws StorageException {
        LogStream stream = topic.stream();
        CursorPosition position = topic.cursor();
        long sequence = stream.records();
        Cursor record = new Cursor(position.segment(), position.offset());
        if (engine.appendCursor(stream, CursorPosition.SHARED, record, now.ms()) < 0) {
            return -1;
        }
        topic.loggedCursor(position);
        topic.led().cursorAppended(sequence);
        sender.changed(topic.led());
        for (Slot slot : topic.unloggedGets()) {
            slot.payloadOnceCommitted(topic.led(), sequence);
        }
        topic.unloggedGets().clear();
        return sequence;
    }

    /// Answers one GET.
    ///
    /// @return false if the entry has to be read first, or earlier requests are on their way to the node that led
    /// before
    private boolean serve(ServedTopic topic, Slot slot) {
        if (topic.forwarded().isUnderWay() || topic.isAbandoned()) {
            return false;
        }
        try {
            // Asked first: what is committed meanwhile, by another thread, is found then.
            boolean isMoreComing = isMoreComing(topic, slot);
            Source source = sourceAtCursor(topic);
            if (source == null) {
                if (isMoreComing) {
                    awaitingCommit.add(topic);
                    waiting = true;
                    return false;
                }
                slot.empty();
                return true;
            }
            CursorPosition at = topic.cursor();
            int length = entries.find(source, at.offset());
            if (length == Entries.NOT_FOUND) {
                read(topic, source, at, slot.waitingSinceNs());
                return false;
            }
            if (!slot.mayHold(length)) {
                // Others need not wait for this one.
                slot.park(length, now.ns(), () -> again.accept(topic, slot));
                return true;
            }
            slot.hold(entries.copy());
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
    /// @return where the next entry is, or null if there is none yet
    private @Nullable Source sourceAtCursor(ServedTopic topic) throws StorageException {
        while (true) {
            CursorPosition at = topic.cursor();
            if (at.segment() >= topic.open().number()) {
                LedSegment open = topic.ledIfAny();
                return open != null && at.offset() < open.committedEntries() ? new Source.Stored(open.stream()) : null;
            }
            SealedSegment sealed = topic.metadata().sealed().get(at.segment());
            if (sealed != null && at.offset() < sealed.entries()) {
                return segments.source(topic, at.segment(), at.offset());
            }
            topic.cursor(new CursorPosition(topic.segmentAfter(at.segment()), 0));
        }
    }

    private void read(ServedTopic topic, Source source, CursorPosition at, long sinceNs) {
        if (topic.coldRead() != null) {
            return;
        }
        topic.coldRead(at);
        entries.request(source, at.offset(), sinceNs, outcome -> {
            if (!at.equals(topic.coldRead())) {
                // The cursor was moved on.
                return;
            }
            topic.coldRead(null);
            switch (outcome) {
                case ReadOutcome.Found _ -> serveWaiting(topic);
                case ReadOutcome.Nothing _ -> failWaiting(topic, Refusals.notRead(topic));
                case ReadOutcome.Failed(String error) -> failWaiting(topic, withWayOn(topic, at, error));
            }
        });
    }

    /// GET stays before what can't be read, so it says how to go on.
    private static String withWayOn(ServedTopic topic, CursorPosition at, String error) {
        return switch (ErrorCode.of(error)) {
            case DATA_DAMAGED -> ErrorTexts.withWayOn(error, topic.name(), at.segment(), at.offset() + 1);
            case DATA_LOST -> ErrorTexts.withWayOn(error, topic.name(), topic.segmentAfter(at.segment()), 0);
            default -> error;
        };
    }

    private void serveWaiting(ServedTopic topic) {
        while (topic.isLedHere()
                && !topic.waitingGets().isEmpty()
                && serve(topic, topic.waitingGets().element())) {
            topic.waitingGets().remove().wake();
        }
    }

    /// Whether there may be more behind what is committed here. Entries were taken that are not committed yet: a
    /// GET sent behind its own PUT must find it. Or another node may lead the topic by now, and have taken some:
    /// that none did before the GET came is known once a majority has taken this node for the leader since.
    private boolean isMoreComing(ServedTopic topic, Slot slot) {
        LedSegment open = topic.ledIfAny();
        if (!topic.isLeading() || !lease.holds() || open == null) {
            return true;
        }
        if (!open.isConfirmedSince(slot.arrivedNs())) {
            sender.changed(open);
            return true;
        }
        return !topic.waitingPuts().isEmpty()
                || topic.forwarded().isUnderWay()
                || (open.committedEntries() < open.stream().entries());
    }
}
