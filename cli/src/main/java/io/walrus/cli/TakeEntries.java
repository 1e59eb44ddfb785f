package io.walrus.cli;

import io.walrus.client.Outcome;
import io.walrus.protocol.Request;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Takes entries, many GETs under way at a time, and prints each with a line end.
///
/// Every reply is waited for, also behind an EMPTY or an error, and when interrupted: an entry that was handed out must
/// not get lost here. They are printed by the thread that reads them, so that none pile up in memory. When a node isn't
/// ready, or stops, the rest is taken from another one.
final class TakeEntries {
    private static final int MAX_UNDER_WAY = 1024;
    private static final int OUT_BYTES = 64 << 10;
    private static final long FIRST_PAUSE_MS = 5;
    private static final long LONGEST_PAUSE_MS = 250;
    private static final long TRY_AGAIN_NS = 10_000_000_000L;
    private static final long INTERRUPTED_MS = 3_000;

    private final Link link;
    private final Request.Get get;
    private final OutputStream out;
    private final ByteArrayOutputStream unwritten = new ByteArrayOutputStream(OUT_BYTES);

    // All below is guarded by this.
    private long left;
    private int underWay;

    /// As many as entries were there lately: a topic that is nearly empty is asked once.
    private int wanted;

    private long taken;
    private long unwrittenEntries;
    private boolean dry;
    private boolean interrupted;

    /// The first of this round, or the first that another try doesn't help against.
    private Outcome.@Nullable Failed failure;

    private @Nullable IOException outputFailure;

    /// @param count entries to take at most
    TakeEntries(Link link, Terminal terminal, String topic, long count) {
        this.link = link;
        this.get = new Request.Get(topic);
        this.out = terminal.out();
        this.left = count;
    }

    /// Takes all entries that are there, up to `count`.
    void all() throws Failure, InterruptedException {
        try (Interruption _ = new Interruption(this::interrupt)) {
            takeSome();
        }
    }

    /// Takes entries as they come, until there were enough or the program is ended.
    void follow() throws Failure, InterruptedException {
        long pauseMs = FIRST_PAUSE_MS;
        try (Interruption _ = new Interruption(this::interrupt)) {
            while (true) {
                pauseMs = takeSome() > 0 ? FIRST_PAUSE_MS : Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
                synchronized (this) {
                    if (left == 0) {
                        return;
                    }
                    wait(pauseMs);
                }
            }
        }
    }

    /// @return how many
    private long takeSome() throws Failure, InterruptedException {
        long giveUpNs = System.nanoTime() + TRY_AGAIN_NS;
        long pauseMs = FIRST_PAUSE_MS;
        synchronized (this) {
            long before = taken;
            while (true) {
                dry = false;
                wanted = 1;
                failure = null;
                askMore();
                while (underWay > 0) {
                    wait();
                }
                flush();
                if (outputFailure != null) {
                    throw Failure.output(outputFailure, unwrittenEntries);
                }
                Outcome.Failed failed = failure;
                if (failed == null || (interrupted && Link.isWorthAnotherTry(failed))) {
                    return taken - before;
                }
                if (!Link.isWorthAnotherTry(failed) || giveUpNs - System.nanoTime() <= 0) {
                    throw Failure.of(failed);
                }
                link.renew(failed);
                wait(pauseMs);
                pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
            }
        }
    }

    /// Asks for many at once, when half of those under way are in: a node answers a batch at the cost of one request.
    private synchronized void askMore() {
        if (underWay > wanted / 2) {
            return;
        }
        while (underWay < wanted
                && underWay < left
                && !dry
                && !interrupted
                && failure == null
                && outputFailure == null) {
            underWay++;
            link.submit(get, this::answered);
        }
    }

    private synchronized void answered(Outcome outcome) {
        underWay--;
        switch (outcome) {
            case Outcome.Done(ByteBuffer payload) -> {
                left--;
                taken++;
                wanted = Math.min(2 * wanted, MAX_UNDER_WAY);
                print(payload);
            }
            case Outcome.Empty() -> dry = true;
            case Outcome.Failed failed -> {
                if (failure == null || Link.isWorthAnotherTry(failure)) {
                    failure = failed;
                }
            }
        }
        askMore();
        if (underWay == 0) {
            notifyAll();
        }
    }

    private void print(@Nullable ByteBuffer payload) {
        if (payload != null) {
            unwritten.write(payload.array(), payload.arrayOffset() + payload.position(), payload.remaining());
        }
        unwritten.write('\n');
        unwrittenEntries++;
        if (unwritten.size() >= OUT_BYTES) {
            flush();
        }
    }

    private void flush() {
        if (outputFailure != null) {
            return;
        }
        try {
            unwritten.writeTo(out);
            out.flush();
            unwrittenEntries = 0;
        } catch (IOException e) {
            outputFailure = e;
        }
        unwritten.reset();
    }

    private synchronized void interrupt() {
        interrupted = true;
        long giveUpNs = System.nanoTime() + INTERRUPTED_MS * 1_000_000;
        try {
            for (long leftMs = INTERRUPTED_MS; underWay > 0 && leftMs > 0; ) {
                wait(leftMs);
                leftMs = (giveUpNs - System.nanoTime()) / 1_000_000;
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        flush();
    }
}
