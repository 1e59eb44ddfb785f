package io.walrus.server;

import io.walrus.server.config.CommandLineArguments;
import io.walrus.server.config.CommandLineArguments.Outcome;
import io.walrus.server.config.ServerConfig;
import io.walrus.server.config.StartupException;
import io.walrus.server.offline.OfflineCommands;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/// Runs one node until it is told to stop, or one of [OfflineCommands].
///
/// Exit codes: 0 after SIGTERM or SIGINT, or once the node was removed from the cluster; 1 if the node can't start or
/// can't go on; 2 for a bad flag or variable.
public final class NodeMain {
    /// Exit code of a node that can't start or can't go on.
    static final int CANNOT_RUN = 1;

    private static final int USAGE = 2;

    /// Several times what a stop takes, and less than the 30 s after which systemd and Docker, as set up in
    /// `deploy`, kill.
    private static final long STOPS_WITHIN_S = 25;

    private NodeMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        try {
            if (OfflineCommands.areIn(arguments)) {
                System.exit(OfflineCommands.run(arguments, System.out, System.err));
            }
            start(arguments);
        } catch (RuntimeException | Error e) {
            System.err.println("walrus-node: " + internal(e));
            System.exit(CANNOT_RUN);
        }
    }

    private static String internal(Throwable fault) {
        return "an internal error at the start: " + fault;
    }

    private static void start(String[] arguments) throws InterruptedException {
        switch (CommandLineArguments.parse(arguments, System.getenv())) {
            case Outcome.Help(String text) -> System.out.print(text);
            case Outcome.Invalid(var lines) -> {
                lines.forEach(line -> System.err.println("walrus-node: " + line));
                System.exit(USAGE);
            }
            case Outcome.Run(ServerConfig config, String logLevel) -> run(config, logLevel);
        }
    }

    private static void run(ServerConfig config, String logLevel) throws InterruptedException {
        System.setProperty(LogConfigurator.LEVEL_PROPERTY, logLevel);
        AtomicInteger exitCode = new AtomicInteger();
        Server server = new Server(config, () -> end(exitCode, CANNOT_RUN), () -> end(exitCode, 0));
        Thread.setDefaultUncaughtExceptionHandler(new FatalFaults(() -> end(exitCode, CANNOT_RUN)));
        CountDownLatch stopped = new CountDownLatch(1);
        Thread shutdown = new Thread(
                () -> {
                    endInAnyCase();
                    server.close();
                    stopped.countDown();
                    LogConfigurator.finish();
                    // Ends with 0, not with the signal's number: stopping when asked to is no failure.
                    Runtime.getRuntime().halt(exitCode.get());
                },
                "shutdown");
        Runtime.getRuntime().addShutdownHook(shutdown);
        try {
            server.start();
        } catch (StartupException e) {
            refuse(server, shutdown, e.getMessage());
        } catch (RuntimeException | Error e) {
            LoggerFactory.getLogger(NodeMain.class).debug("the start failed", e);
            refuse(server, shutdown, internal(e));
        }
        stopped.await();
    }

    /// Ends the process. Not on this thread, which is one of those that the end waits for.
    private static void end(AtomicInteger exitCode, int code) {
        exitCode.compareAndSet(0, code);
        Thread.ofPlatform().daemon().name("end").start(() -> System.exit(code));
    }

    /// Ends with one line, unless it is told to stop at the same time: then that goes first.
    private static void refuse(Server server, Thread shutdown, @Nullable String reason) {
        try {
            Runtime.getRuntime().removeShutdownHook(shutdown);
        } catch (IllegalStateException _) {
            return;
        }
        endInAnyCase();
        LogConfigurator.finish();
        System.err.println("walrus-node: " + reason);
        server.close();
        LogConfigurator.finish();
        System.exit(CANNOT_RUN);
    }

    /// Ends the process even if its end hangs, as it would if nobody reads its output. What is lost is what a
    /// crash would lose.
    private static void endInAnyCase() {
        Thread.ofPlatform().daemon().name("deadline").start(() -> {
            try {
                TimeUnit.SECONDS.sleep(STOPS_WITHIN_S);
            } catch (InterruptedException _) {
                // Nobody does that; ends at once.
            }
            Runtime.getRuntime().halt(CANNOT_RUN);
        });
    }
}
