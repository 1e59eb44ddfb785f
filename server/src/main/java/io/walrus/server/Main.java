package io.walrus.server;

import io.walrus.server.config.CommandLineArguments;
import io.walrus.server.config.CommandLineArguments.Outcome;
import io.walrus.server.config.ServerConfig;
import java.util.concurrent.CountDownLatch;

/// Runs one node until it is told to stop.
///
/// Exit codes: 0 after SIGTERM or SIGINT, 1 if the node can't start or can't go on, 2 for a bad flag or variable.
public final class Main {
    private static final int CANNOT_RUN = 1;
    private static final int USAGE = 2;

    private Main() {}

    public static void main(String[] arguments) throws InterruptedException {
        switch (CommandLineArguments.parse(arguments, System.getenv())) {
            case Outcome.Help(String text) -> System.out.print(text);
            case Outcome.Invalid(var lines) -> {
                lines.forEach(line -> System.err.println("walrus-node: " + line));
                System.exit(USAGE);
            }
            case Outcome.Run(ServerConfig config) -> run(config);
        }
    }

    private static void run(ServerConfig config) throws InterruptedException {
        System.setProperty(LogConfigurator.LEVEL_PROPERTY, config.logLevel());
        Server server = new Server(config);
        try {
            server.start();
        } catch (StartupException e) {
            System.err.println("walrus-node: " + e.getMessage());
            server.close();
            System.exit(CANNOT_RUN);
        }
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            server.close();
                            stopped.countDown();
                            // Ends with 0, not with the signal's number: stopping when asked to is no failure.
                            Runtime.getRuntime().halt(0);
                        },
                        "shutdown"));
        stopped.await();
    }
}
