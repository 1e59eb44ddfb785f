package io.walrus.cli;

import io.walrus.client.Outcome;
import io.walrus.protocol.Request;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Stores lines, an entry each, in their order, many under way at a time.
///
/// Stops at the first line that is not known to be stored, so that one can resume there. Before that it waits for the
/// replies to the lines sent behind it. Lines of which it is certain that they were not stored, but may be soon, are
/// sent again, to another node if need be, unless one behind them was stored: the node was not ready or stops, or the
/// connection ended before they were sent. A line that is longer than all before is sent alone: if it is the one the
/// node refuses, then nothing behind it has been stored.
final class PutLines {
    private static final long TRY_AGAIN_NS = 30_000_000_000L;
    private static final long FIRST_PAUSE_MS = 20;
    private static final long LONGEST_PAUSE_MS = 1_000;
    private static final long INTERRUPTED_MS = 3_000;

    private record Line(long number, ByteBuffer entry) {}

    private record NotStored(Line line, Outcome.Failed why) {}

    private final Link link;
    private final String topic;
    private final PutReport report;

    // All below is guarded by this.
    private int underWay;

    /// By the numbers of their lines: a line that finds the connection ended may be told before those sent ahead of it.
    private final NavigableMap<Long, NotStored> notStored = new TreeMap<>();

    private long longestStored = -1;
    private long storedBehind;
    private boolean gaveUp;
    private boolean interrupted;
    private boolean finished;

    /// @param report told what happens
    PutLines(Link link, String topic, PutReport report) {
        this.link = link;
        this.topic = topic;
        this.report = report;
    }

    void run(Lines lines) throws IOException, InterruptedException, Failure {
        Lines.@Nullable TooLong tooLong = null;
        try (Interruption _ = new Interruption(this::interrupt)) {
            boolean goOn = true;
            while (goOn) {
                ByteBuffer entry = lines.next();
                goOn = entry != null && put(new Line(lines.number(), entry));
            }
        } catch (Lines.TooLong e) {
            tooLong = e;
        }
        awaitReplies();
        sendAgain();
        finish();
        if (tooLong != null) {
            throw new Failure(Failure.SERVER_SAID_NO, "walrus-cli: " + tooLong.getMessage());
        }
    }

    /// @return whether to go on
    private boolean put(Line line) throws InterruptedException {
        boolean alone = isLongestYet(line);
        if (alone) {
            awaitReplies();
        }
        if (hasFailed() && !sendAgain()) {
            return false;
        }
        submit(line);
        if (alone) {
            awaitReplies();
        }
        return !hasFailed() || sendAgain();
    }

    private synchronized boolean isLongestYet(Line line) {
        return line.entry.remaining() > longestStored;
    }

    private synchronized boolean hasFailed() {
        return interrupted || !notStored.isEmpty();
    }

    private void submit(Line line) {
        synchronized (this) {
            notStored.remove(line.number);
            underWay++;
        }
        report.sent(line.number);
        link.submit(new Request.Put(topic, line.entry), outcome -> answered(line, outcome));
    }

    private synchronized void answered(Line line, Outcome outcome) {
        underWay--;
        switch (outcome) {
            case Outcome.Done _ -> {
                longestStored = Math.max(longestStored, line.entry.remaining());
                storedBehind += isFirstBefore(line) ? 1 : 0;
                report.stored(line.entry.remaining() + 1L);
            }
            case Outcome.Empty() -> notStored(line, new Outcome.Unknown("the node's reply can't be read"));
            case Outcome.Failed failed -> notStored(line, failed);
        }
        if (underWay == 0) {
            notifyAll();
        }
    }

    private synchronized void notStored(Line line, Outcome.Failed why) {
        notStored.put(line.number, new NotStored(line, why));
    }

    /// Whether a line before this one is not stored.
    private synchronized boolean isFirstBefore(Line line) {
        return !notStored.isEmpty() && notStored.firstKey() < line.number;
    }

    private synchronized void awaitReplies() throws InterruptedException {
        while (underWay > 0) {
            wait();
        }
    }

    /// Sends the lines again that are worth it, as long as that keeps the order.
    ///
    /// @return whether all that was sent is now stored
    private boolean sendAgain() throws InterruptedException {
        long giveUpNs = System.nanoTime() + TRY_AGAIN_NS;
        long pauseMs = FIRST_PAUSE_MS;
        awaitReplies();
        while (true) {
            List<NotStored> again;
            synchronized (this) {
                if (notStored.isEmpty() || interrupted) {
                    return !interrupted;
                }
                gaveUp |= !isWorthAnotherTry() || giveUpNs - System.nanoTime() < 0;
                if (gaveUp) {
                    return false;
                }
                wait(pauseMs);
                again = List.copyOf(notStored.values());
            }
            link.renew(again.getFirst().why);
            // The first alone: if it is refused again, so would be the others.
            Line first = again.getFirst().line;
            submit(first);
            awaitReplies();
            if (isStored(first)) {
                giveUpNs = System.nanoTime() + TRY_AGAIN_NS;
                pauseMs = FIRST_PAUSE_MS;
                for (NotStored one : again.subList(1, again.size())) {
                    if (!isFirstBefore(one.line)) {
                        submit(one.line);
                    }
                }
                awaitReplies();
            } else {
                pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
            }
        }
    }

    private synchronized boolean isWorthAnotherTry() {
        return storedBehind == 0 && notStored.values().stream().allMatch(one -> Link.isWorthAnotherTry(one.why));
    }

    private synchronized boolean isStored(Line line) {
        return !notStored.containsKey(line.number);
    }

    /// Called by the thread that sent the last line, or by the one that was interrupted: the first one counts.
    private synchronized void finish() throws Failure {
        if (finished) {
            return;
        }
        finished = true;
        notStored.values().forEach(one -> report.notStored(one.line.number, one.why));
        report.finish(storedBehind, interrupted);
    }

    private synchronized void interrupt() {
        interrupted = true;
        long giveUpNs = System.nanoTime() + INTERRUPTED_MS * 1_000_000;
        try {
            for (long leftMs = INTERRUPTED_MS; underWay > 0 && leftMs > 0; ) {
                wait(leftMs);
                leftMs = (giveUpNs - System.nanoTime()) / 1_000_000;
            }
            finish();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (Failure e) {
            report.complain(e);
        }
    }
}
