package io.walrus.node.repair;

import io.walrus.node.config.Timing;
import io.walrus.node.part.Interval;
import io.walrus.node.part.Now;
import io.walrus.node.part.Part;
import io.walrus.node.port.ScrubMemory;
import io.walrus.node.port.ScrubPlace;
import io.walrus.node.store.BlockReads;
import io.walrus.node.store.DamagedCopies;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.engine.StreamCheck;
import io.walrus.storage.io.ShortageException;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Looks at all that this node's disk has of its copies, round after round, at a low rate and after writes. So what the
/// disk has changed or lost is made good from other nodes before somebody asks for it. Guarded by the node's lock.
///
/// ```
///   RESTING ---- most of the period is over ----> MEASURING ---- all sizes are known ----> CHECKING
///      ^                                                                                      |
///      +------------------------------- no stream is left ------------------------------------+
/// ```
///
/// Streams are taken in the order in which they were created. So two looks at the same byte are never much further
/// apart than two rounds begin, and what is written behind the place of a round is looked at in the next one.
public final class Scrubber implements Part {
    private enum Phase {
        RESTING,
        MEASURING,
        CHECKING
    }

    private static final int STEP_BYTES = 256 << 10;
    private static final int STREAMS_AT_A_TIME = 1000;
    private static final long LEAST_BYTES_PER_SECOND = 256 << 10;
    private static final long MOST_BYTES_PER_SECOND = 64 << 20;

    private final LogEngine engine;
    private final DamagedCopies damaged;
    private final BlockReads blocks;
    private final Now now;
    private final ScrubMemory memory;
    private final long roundMs;
    private final Interval notes;
    private final StreamCheck check;

    private Phase phase = Phase.MEASURING;
    private ScrubPlace place;
    private Throttle throttle;
    /// The next stream whose size is to be known, and the bytes of those before it.
    private int measured;

    private long bytesLeft;
    private boolean isBegun;
    private boolean isInStream;
    private boolean isUnderWay;
    private long roundEndedMs = -1;
    private long checkedBytes;
    private long damagedFound;

    /// @param period in which each byte is looked at once; zero for never
    public Scrubber(
            LogEngine engine, DamagedCopies damaged, BlockReads blocks, Now now, ScrubMemory memory, Duration period) {
        this.engine = engine;
        this.damaged = damaged;
        this.blocks = blocks;
        this.now = now;
        this.memory = memory;
        this.roundMs = period.toMillis() / 10 * Timing.SCRUB_ROUND_TENTHS;
        this.notes = new Interval(now, Timing.SCRUB_NOTE_NS);
        this.check = engine.check(STEP_BYTES);
        this.place = new ScrubPlace(0, 0, 0);
        this.throttle = new Throttle(now, LEAST_BYTES_PER_SECOND);
    }

    public ScrubFigures figures() {
        return new ScrubFigures(place.roundBeganMs(), roundEndedMs, checkedBytes, damagedFound);
    }

    @Override
    public void tick() {
        if (roundMs == 0 || isUnderWay) {
            return;
        }
        if (!isBegun) {
            isBegun = true;
            ScrubPlace last = memory.last();
            begin(last == null ? new ScrubPlace(now.ms(), 0, 0) : last);
        }
        switch (phase) {
            case RESTING -> {
                long restedMs = now.ms() - place.roundBeganMs();
                // A clock that was set back would have it rest for as long.
                if (restedMs < 0 || restedMs >= roundMs) {
                    begin(new ScrubPlace(now.ms(), 0, 0));
                }
            }
            case MEASURING -> measure();
            case CHECKING -> goOn();
        }
    }

    private void begin(ScrubPlace from) {
        place = from;
        isInStream = false;
        phase = Phase.MEASURING;
        measured = from.stream();
        bytesLeft = 0;
    }

    /// Adds up what there is to look at, for the rate at which it is done in time.
    private void measure() {
        for (int i = 0; i < STREAMS_AT_A_TIME && measured < engine.nextStreamId(); i++, measured++) {
            LogStream stream = engine.stream(measured);
            bytesLeft += stream == null ? 0 : stream.durableBytes();
        }
        if (measured >= engine.nextStreamId()) {
            long leftMs = Math.max(place.roundBeganMs() + roundMs - now.ms(), roundMs / 10);
            double perSecond = bytesLeft * 1000.0 / Math.max(1, leftMs);
            throttle = new Throttle(now, Math.clamp((long) perSecond, LEAST_BYTES_PER_SECOND, MOST_BYTES_PER_SECOND));
            phase = Phase.CHECKING;
        }
    }

    private void goOn() {
        if (!throttle.isOpen() || engine.pendingNs() > Timing.SCRUB_YIELD_NS || !find()) {
            return;
        }
        isUnderWay = true;
        blocks.check(check, STEP_BYTES, this::ended);
    }

    /// Finds the stream to go on with.
    ///
    /// @return false if there is none at present
    private boolean find() {
        for (int i = 0; i < STREAMS_AT_A_TIME && place.stream() < engine.nextStreamId(); i++) {
            LogStream stream = engine.stream(place.stream());
            if (stream != null && !damaged.contains(stream)) {
                if (!isInStream) {
                    isInStream = true;
                    check.begin(stream, place.record());
                }
                return true;
            }
            leave();
        }
        if (place.stream() >= engine.nextStreamId()) {
            phase = Phase.RESTING;
            roundEndedMs = now.ms();
            memory.note(place);
        }
        return false;
    }

    private void leave() {
        isInStream = false;
        place = new ScrubPlace(place.roundBeganMs(), place.stream() + 1, 0);
    }

    private void ended(long bytes, @Nullable IOException failure) {
        isUnderWay = false;
        if (failure instanceof ShortageException) {
            // Nothing was looked at; the next tick tries again.
            return;
        }
        throttle.used(bytes);
        checkedBytes += bytes;
        LogStream stream = check.stream();
        if (failure != null && stream != null) {
            boolean wasKnown = damaged.contains(stream);
            boolean _ = damaged.failed(stream, failure);
            damagedFound += !wasKnown && damaged.contains(stream) ? 1 : 0;
        }
        if (failure != null || bytes == 0) {
            leave();
        } else {
            place = new ScrubPlace(place.roundBeganMs(), place.stream(), check.record());
        }
        if (notes.takeDue()) {
            memory.note(place);
        }
        goOn();
    }
}
