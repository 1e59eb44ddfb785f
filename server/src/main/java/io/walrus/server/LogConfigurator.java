package io.walrus.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.util.List;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/// Sends the log to standard error, a line an event. Set up in code, because reading a configuration file would cost a
/// tenth of the start-up time.
public final class LogConfigurator extends ContextAwareBase implements Configurator {
    static final String LEVEL_PROPERTY = "walrus.log";

    private static final String OUTPUT = "output";

    /// Lets the last lines out before the process ends.
    static void finish() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context
                && context.getLogger("ROOT").getAppender(OUTPUT) instanceof LogOutput output) {
            output.finish();
        }
    }

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX, UTC} %-5level %msg%n%ex");
        encoder.start();
        // Not System.err: that is locked by whoever writes to it.
        LogOutput output = new LogOutput(encoder, new FileOutputStream(FileDescriptor.err));
        output.setContext(context);
        output.setName(OUTPUT);
        output.start();
        Level level = Level.toLevel(System.getProperty(LEVEL_PROPERTY, "info"), Level.INFO);
        context.getLogger("ROOT").setLevel(level.isGreaterOrEqual(Level.WARN) ? level : Level.WARN);
        context.getLogger("io.walrus").setLevel(level);
        // What matters of it our own one-line messages say; it adds stack traces for whatever other nodes do.
        context.getLogger("org.apache.ratis").setLevel(Level.DEBUG.isGreaterOrEqual(level) ? Level.WARN : Level.OFF);
        // Where it ends its part on this node for good, it tells the reason nowhere else.
        for (String end : List.of("LeaderElection", "StateMachineUpdater")) {
            context.getLogger("org.apache.ratis.server.impl." + end)
                    .setLevel(level.isGreaterOrEqual(Level.ERROR) ? level : Level.ERROR);
        }
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        context.getLogger("ROOT").addAppender(output);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
