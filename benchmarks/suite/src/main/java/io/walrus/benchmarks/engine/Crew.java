package io.walrus.benchmarks.engine;

import com.sun.management.ThreadMXBean;
import java.io.Closeable;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Threads that do one thing over and over, for as long as they are told to. JMH's own threads can't be used instead:
/// they wait for each other by spinning, which many of them on few processors, or virtual ones, don't survive.
final class Crew implements Closeable {
    /// What a thread does. Made, used and closed by that thread.
    interface Task extends Closeable {
        /// Does it once.
        ///
        /// @return how many entries that were
        int run() throws IOException;

        @Override
        void close() throws IOException;
    }

    interface Training {
        Task task() throws IOException;
    }

    /// What was done.
    ///
    /// @param entriesPerSecond by all threads together
    /// @param bytesPerEntry heap that the whole JVM allocated meanwhile
    record Work(double entriesPerSecond, double bytesPerEntry) {}

    private final ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final List<Thread> threads = new ArrayList<>();
    private final CyclicBarrier barrier;
    private final AtomicLong entries = new AtomicLong();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private volatile boolean working;
    private volatile boolean closed;

    Crew(int size, boolean virtual, Training training) throws IOException {
        barrier = new CyclicBarrier(size + 1);
        Thread.Builder builder = virtual ? Thread.ofVirtual() : Thread.ofPlatform();
        for (int i = 0; i < size; i++) {
            threads.add(builder.name("crew-", i).start(() -> live(training)));
        }
        meet();
        check();
    }

    Work work(long durationNs) throws IOException {
        entries.set(0);
        working = true;
        long allocated = memory.getTotalThreadAllocatedBytes();
        long startNs = System.nanoTime();
        meet();
        try {
            TimeUnit.NANOSECONDS.sleep(durationNs);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        working = false;
        meet();
        double seconds = (System.nanoTime() - startNs) / 1e9;
        allocated = memory.getTotalThreadAllocatedBytes() - allocated;
        check();
        return new Work(entries.get() / seconds, (double) allocated / Math.max(1, entries.get()));
    }

    private void live(Training training) {
        Task task = tried(training::task);
        meet();
        meet();
        while (!closed) {
            if (task != null) {
                tried(() -> repeat(task));
            }
            meet();
            meet();
        }
        if (task != null) {
            tried(() -> close(task));
        }
    }

    /// A thread that fails keeps the appointments: the others must not wait for it forever.
    private <T> @Nullable T tried(Callable<T> work) {
        try {
            return work.call();
        } catch (Exception e) {
            failure.compareAndSet(null, e);
            return null;
        }
    }

    private long repeat(Task task) throws IOException {
        long done = 0;
        do {
            done += task.run();
        } while (working);
        return entries.addAndGet(done);
    }

    private static boolean close(Task task) throws IOException {
        task.close();
        return true;
    }

    private void meet() {
        try {
            barrier.await();
        } catch (BrokenBarrierException | InterruptedException e) {
            throw new IllegalStateException("nobody interrupts a crew", e);
        }
    }

    private void check() throws IOException {
        Exception cause = failure.get();
        if (cause != null) {
            throw new IOException(cause);
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        meet();
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
        check();
    }
}
