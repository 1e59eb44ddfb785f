package io.walrus.storage.engine;

import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// Threads parked until a number (a group, or a round of room) is reached. Allocates only to grow.
final class ParkedThreads {
    private @Nullable Thread[] threads = new @Nullable Thread[16];
    private long[] numbers = new long[16];
    private int count;

    /// Parks until `reached` holds for `number`; whoever makes it hold calls [#wake] after that.
    void await(long number, LongPredicate reached) {
        if (reached.test(number)) {
            return;
        }
        Thread self = Thread.currentThread();
        add(self, number);
        boolean interrupted = false;
        while (!reached.test(number)) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        remove(self);
        if (interrupted) {
            self.interrupt();
        }
    }

    /// Wakes those that wait for `number` or less.
    synchronized void wake(long number) {
        for (int i = count - 1; i >= 0; i--) {
            if (numbers[i] <= number) {
                LockSupport.unpark(threads[i]);
                removeAt(i);
            }
        }
    }

    private synchronized void add(Thread thread, long number) {
        if (count == threads.length) {
            threads = Arrays.copyOf(threads, 2 * count);
            numbers = Arrays.copyOf(numbers, 2 * count);
        }
        threads[count] = thread;
        numbers[count] = number;
        count++;
    }

    private synchronized void remove(Thread thread) {
        for (int i = 0; i < count; i++) {
            if (threads[i] == thread) {
                removeAt(i);
                return;
            }
        }
    }

    private void removeAt(int index) {
        count--;
        threads[index] = threads[count];
        numbers[index] = numbers[count];
        threads[count] = null;
    }
}
