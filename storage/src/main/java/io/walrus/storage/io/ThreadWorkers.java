package io.walrus.storage.io;

import java.util.concurrent.locks.LockSupport;

/// Workers that are platform threads, each parked while it has nothing to do.
///
/// Platform threads, because their steps do file I/O, which would hold a virtual thread's carrier.
public final class ThreadWorkers implements Workers {
    private final String prefix;

    /// Workers of one owner.
    ///
    /// @param prefix begins the name of each thread
    public ThreadWorkers(String prefix) {
        this.prefix = prefix;
    }

    @Override
    public Worker start(String name, Step step) {
        ThreadWorker worker = new ThreadWorker(step);
        Thread thread = Thread.ofPlatform().name(prefix + name).daemon(true).unstarted(worker);
        worker.thread = thread;
        thread.start();
        return worker;
    }

    private static final class ThreadWorker implements Worker, Runnable {
        private final Step step;
        private volatile boolean signalled;
        private volatile boolean parked;
        private volatile boolean stopping;
        private volatile Thread thread;

        // The thread cannot exist before the worker it runs; start() sets the real one before anyone else sees this.
        ThreadWorker(Step step) {
            this.step = step;
            this.thread = Thread.currentThread();
        }

        @Override
        public void signal() {
            signalled = true;
            if (parked) {
                LockSupport.unpark(thread);
            }
        }

        @Override
        public void run() {
            long delayNs = Long.MAX_VALUE;
            long since = System.nanoTime();
            while (true) {
                boolean due = delayNs != Long.MAX_VALUE && System.nanoTime() - since >= delayNs;
                if (signalled || due) {
                    signalled = false;
                    delayNs = step.run();
                    since = System.nanoTime();
                } else if (stopping) {
                    return;
                } else {
                    park(delayNs, since);
                }
            }
        }

        private void park(long delayNs, long since) {
            parked = true;
            if (!signalled && !stopping) {
                if (delayNs == Long.MAX_VALUE) {
                    LockSupport.park(this);
                } else {
                    LockSupport.parkNanos(this, Math.max(1, delayNs - (System.nanoTime() - since)));
                }
            }
            parked = false;
        }

        @Override
        public void stop() {
            stopping = true;
            LockSupport.unpark(thread);
            boolean interrupted = false;
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException _) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
