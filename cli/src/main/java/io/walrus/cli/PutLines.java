package io.walrus.cli;

import io.walrus.client.Connection;
import io.walrus.protocol.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Stores a stream of lines, an entry each, many under way at a time. The line ends are not stored.
///
/// The sending thread reads and sends; a second thread takes the replies.
final class PutLines {
    private static final int UNDER_WAY = 4096;
    private static final int READ_BYTES = 1 << 20;
    private static final int SEND_EVERY = 64;
    private static final long SHOW_EVERY_NS = 100_000_000L;

    private final Connection connection;
    private final byte[] topic;
    private final Terminal terminal;
    private final long totalBytes;
    private final Semaphore places = new Semaphore(UNDER_WAY);
    private final AtomicLong acknowledged = new AtomicLong();
    private final long startedNs = System.nanoTime();
    private volatile @Nullable Exception failure;
    private long sent;
    private long sentBytes;
    private long shownNs = startedNs;

    /// @param totalBytes for the progress bar; 0 if it isn't known
    PutLines(Connection connection, String topic, Terminal terminal, long totalBytes) {
        this.connection = connection;
        this.topic = topic.getBytes(StandardCharsets.UTF_8);
        this.terminal = terminal;
        this.totalBytes = totalBytes;
    }

    void run(InputStream lines) throws IOException, InterruptedException, Failure {
        // Ends with the connection.
        Thread.ofPlatform().name("replies").daemon().start(this::receive);
        send(lines);
        connection.flush();
        // All places are free again once every reply is in, or none is waited for any more.
        places.acquire(UNDER_WAY);
        summarize();
    }

    private void send(InputStream lines) throws IOException, InterruptedException {
        byte[] buffer = new byte[READ_BYTES];
        int held = 0;
        while (failure == null) {
            if (held == buffer.length) {
                buffer = Arrays.copyOf(buffer, buffer.length * 2);
            }
            int read = lines.read(buffer, held, buffer.length - held);
            if (read < 0) {
                break;
            }
            int end = held + read;
            int from = 0;
            for (int i = held; i < end && failure == null; i++) {
                if (buffer[i] == '\n') {
                    put(buffer, from, i - from);
                    from = i + 1;
                }
            }
            held = end - from;
            System.arraycopy(buffer, from, buffer, 0, held);
            connection.flush();
        }
        if (held > 0 && failure == null) {
            put(buffer, 0, held);
        }
    }

    private void put(byte[] line, int from, int length) throws IOException, InterruptedException {
        if (!places.tryAcquire()) {
            connection.flush();
            places.acquire();
        }
        connection.sendPut(topic, line, from, length);
        sent++;
        sentBytes += length + 1L;
        if (sent % SEND_EVERY == 0) {
            showProgress();
        }
    }

    private void receive() {
        try {
            while (true) {
                if (connection.receive() instanceof Reply.Err(String message)) {
                    throw new Failure(Failure.SERVER_SAID_NO, "ERR " + message);
                }
                acknowledged.incrementAndGet();
                places.release();
            }
        } catch (Failure | IOException e) {
            failure = e;
            places.release(UNDER_WAY);
        }
    }

    private void showProgress() {
        long now = System.nanoTime();
        if (terminal.interactive() && now - shownNs >= SHOW_EVERY_NS) {
            shownNs = now;
            String bar = "";
            if (totalBytes > 0) {
                int tenths = (int) (sentBytes * 20 / totalBytes);
                bar = "[" + "#".repeat(Math.min(20, tenths)) + "-".repeat(Math.max(0, 20 - tenths)) + "] ";
            }
            terminal.err().print("\r" + bar + acknowledged.get() + " entries");
            terminal.err().flush();
        }
    }

    private void summarize() throws Failure, IOException {
        if (terminal.interactive() && shownNs != startedNs) {
            terminal.err().print("\r\u001b[K");
        }
        double seconds = (System.nanoTime() - startedNs) / 1e9;
        terminal.say(String.format(
                Locale.ROOT,
                "%d of %d entries stored, %d bytes in %.2f s (%.0f entries/s)",
                acknowledged.get(),
                sent,
                sentBytes,
                seconds,
                acknowledged.get() / seconds));
        switch (failure) {
            case null -> {}
            case Failure refused -> throw refused;
            case IOException lost -> throw lost;
            case Exception other -> throw new IllegalStateException(other);
        }
    }
}
