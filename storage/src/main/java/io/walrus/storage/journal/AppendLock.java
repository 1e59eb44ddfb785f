package io.walrus.storage.journal;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The lock appenders take: short to hold, and contended without allocating, which a `ReentrantLock` is not.
///
/// Not reentrant. A thread that releases wakes one that waits; whoever comes first then has it.
public final class AppendLock {
    private static final int SPINS = 64;
    private static final int SLOTS = 64;
    private static final int NO_SLOT = -1;
    private static final long CROWDED_PARK_NS = 50_000;

    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger nextSlot = new AtomicInteger();
    private final AtomicReferenceArray<@Nullable Thread> waiters = new AtomicReferenceArray<>(SLOTS);
    private final AtomicInteger held = new AtomicInteger();
    /// The thread that has it. A thread that asks for itself sees what it wrote here, and nobody else writes its name.
    private @Nullable Thread holder;

    /// Takes it; an interrupt meanwhile is kept for later.
    public void lock() {
        if (!tryLock()) {
            lockSlowly();
        }
    }

    private boolean tryLock() {
        if (held.get() == 0 && held.compareAndSet(0, 1)) {
            holder = Thread.currentThread();
            return true;
        }
        return false;
    }

    /// Whether the calling thread has it.
    @SuppressWarnings("ReferenceEquality")
    public boolean isHeldHere() {
        return holder == Thread.currentThread();
    }

    /// Lets go of it. For the thread that has it.
    public void unlock() {
        holder = null;
        held.set(0);
        if (waiting.get() > 0) {
            wakeOne();
        }
    }

    private void lockSlowly() {
        for (int i = 0; i < SPINS; i++) {
            Thread.onSpinWait();
            if (tryLock()) {
                return;
            }
        }
        Thread self = Thread.currentThread();
        boolean interrupted = false;
        waiting.incrementAndGet();
        int slot = takeSlot(self);
        while (!tryLock()) {
            if (slot != NO_SLOT) {
                LockSupport.park(this);
            } else {
                // More threads than slots: these look again by themselves.
                LockSupport.parkNanos(this, CROWDED_PARK_NS);
            }
            interrupted |= Thread.interrupted();
        }
        if (slot != NO_SLOT) {
            waiters.set(slot, null);
        }
        waiting.decrementAndGet();
        if (interrupted) {
            self.interrupt();
        }
    }

    /// Where the thread waits, or [#NO_SLOT] if all slots are taken.
    private int takeSlot(Thread self) {
        int from = nextSlot.getAndIncrement();
        for (int i = 0; i < SLOTS; i++) {
            int slot = Math.floorMod(from + i, SLOTS);
            if (waiters.compareAndSet(slot, null, self)) {
                return slot;
            }
        }
        return NO_SLOT;
    }

    private void wakeOne() {
        int from = nextSlot.get();
        for (int i = 0; i < SLOTS; i++) {
            Thread waiter = waiters.get(Math.floorMod(from + i, SLOTS));
            if (waiter != null) {
                LockSupport.unpark(waiter);
                return;
            }
        }
    }
}
