package io.walrus.testkit.process;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Does many things at the same time.
public final class Together {
    /// One of them.
    @FunctionalInterface
    public interface Task {
        void run(int index) throws Exception;
    }

    private Together() {}

    /// Runs tasks 0 to `count` - 1, each on a thread of its own, and waits for all of them.
    public static void run(int count, Task task) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int index = i;
                running.add(threads.submit(() -> {
                    task.run(index);
                    return index;
                }));
            }
            for (Future<?> one : running) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw new AssertionError("one of " + count + " failed: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
