package io.walrus.cli;

import io.walrus.client.Outcome;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The report on the lines of a `put`: a progress bar on a terminal, the first errors, a summary.
final class PutReport {
    private static final int SHOWN_ERRORS = 3;
    private static final int BAR_CHARS = 20;
    private static final int LOOK_EVERY_LINES = 64;
    private static final long SHOW_EVERY_NS = 100_000_000;

    private final Terminal terminal;
    private final @Nullable String file;
    private final long totalBytes;
    private final long startedNs = System.nanoTime();
    private long stored;
    private long storedBytes;
    private long shownNs = startedNs;
    private long sent;
    private long firstNotStored;
    private long refused;
    private long unknown;
    private long unsent;

    /// @param file where the lines come from; null for standard input
    /// @param totalBytes for the progress bar; 0 if it isn't known
    PutReport(Terminal terminal, @Nullable String file, long totalBytes) {
        this.terminal = terminal;
        this.file = file;
        this.totalBytes = totalBytes;
    }

    /// A line was sent, for the first time or again.
    synchronized void sent(long line) {
        sent = Math.max(sent, line);
        if (terminal.errSeen() && line % LOOK_EVERY_LINES == 0 && System.nanoTime() - shownNs >= SHOW_EVERY_NS) {
            shownNs = System.nanoTime();
            terminal.err().print("\r" + bar() + stored + " entries");
            terminal.err().flush();
        }
    }

    synchronized void stored(long bytes) {
        stored++;
        storedBytes += bytes;
    }

    /// A line's final failure. Called in the order of the lines.
    synchronized void notStored(long line, Outcome.Failed why) {
        firstNotStored = firstNotStored == 0 ? line : firstNotStored;
        switch (why) {
            case Outcome.Refused _ -> refused++;
            case Outcome.Unknown _ -> unknown++;
            case Outcome.Unreachable _ -> unsent++;
        }
        if (refused + unknown + unsent <= SHOWN_ERRORS) {
            clearBar();
            complain(new Failure(0, "line " + line + ": " + Failure.of(why).text()));
        }
    }

    void complain(Failure failure) {
        terminal.complain(failure.text());
    }

    /// Prints the summary.
    ///
    /// @param storedBehind lines stored although one before them was not
    synchronized void finish(long storedBehind, boolean interrupted) throws Failure {
        clearBar();
        long notStored = refused + unknown + unsent;
        if (notStored > SHOWN_ERRORS) {
            terminal.complain("and " + (notStored - SHOWN_ERRORS) + " lines more");
        }
        terminal.say(summary());
        if (notStored > 0 || interrupted) {
            terminal.say(resumption(storedBehind));
        }
        if (notStored > 0) {
            throw new Failure(refused + unknown > 0 ? Failure.SERVER_SAID_NO : Failure.CANNOT_CONNECT, "");
        }
    }

    private String summary() {
        double seconds = (System.nanoTime() - startedNs) / 1e9;
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%d of %d entries stored, %d bytes in %.2f s (%.0f entries/s)",
                stored,
                sent,
                storedBytes,
                seconds,
                stored / seconds));
        if (refused > 0) {
            text.append("; ").append(refused).append(" refused");
        }
        if (unknown > 0) {
            text.append("; ").append(unknown).append(" with unknown outcome");
        }
        if (unsent > 0) {
            text.append("; ").append(unsent).append(" not sent");
        }
        return text.toString();
    }

    private String resumption(long storedBehind) {
        long next = firstNotStored == 0 ? sent + 1 : firstNotStored;
        String text = "to resume, begin with line " + next
                + (file == null ? "" : ": tail -n +" + next + " " + file + " | walrus-cli put TOPIC -");
        if (storedBehind > 0) {
            text += "; " + storedBehind + " lines behind it were stored, and will be twice";
        }
        return text;
    }

    private String bar() {
        if (totalBytes == 0) {
            return "";
        }
        int full = (int) Math.min(BAR_CHARS, storedBytes * BAR_CHARS / totalBytes);
        return "[" + "#".repeat(full) + "-".repeat(BAR_CHARS - full) + "] ";
    }

    private void clearBar() {
        if (shownNs != startedNs) {
            terminal.err().print("\r\u001b[K");
            shownNs = startedNs;
        }
    }
}
