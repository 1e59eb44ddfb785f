package io.walrus.server;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.encoder.Encoder;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Writes log lines on a thread of its own, `log`: whoever logs may hold the node's lock, and the reader of the output
/// may have stopped reading. Lines that find no room in the queue are left out, and counted in a line of their own.
final class LogOutput extends UnsynchronizedAppenderBase<ILoggingEvent> {
    private static final int QUEUED_LINES = 4096;
    private static final long LAST_LINES_MS = 500;

    private final Encoder<ILoggingEvent> encoder;
    private final OutputStream out;
    private final BlockingQueue<byte[]> lines = new ArrayBlockingQueue<>(QUEUED_LINES);
    private final AtomicLong leftOut = new AtomicLong();
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong written = new AtomicLong();

    LogOutput(Encoder<ILoggingEvent> encoder, OutputStream out) {
        this.encoder = encoder;
        this.out = out;
    }

    @Override
    public void start() {
        Thread.ofPlatform().daemon().name("log").start(this::write);
        super.start();
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (lines.offer(encoder.encode(event))) {
            taken.incrementAndGet();
        } else {
            leftOut.incrementAndGet();
        }
    }

    private void write() {
        try {
            while (true) {
                byte[] line = lines.take();
                put(line);
                long lost = leftOut.getAndSet(0);
                if (lost > 0) {
                    put((lost + " log lines were left out: nobody read them in time\n")
                            .getBytes(StandardCharsets.UTF_8));
                }
                written.incrementAndGet();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void put(byte[] line) {
        try {
            out.write(line);
            out.flush();
        } catch (IOException _) {
            // There is nobody left who could be told.
        }
    }

    /// Waits until all lines so far are written, half a second at most.
    void finish() {
        long target = taken.get();
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LAST_LINES_MS);
        try {
            while (written.get() < target && System.nanoTime() < deadlineNs) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
