package io.walrus.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LogOutputTest {
    private static final Pattern LEFT_OUT = Pattern.compile("(\\d+) log lines were left out: .*");

    private final Reader reader = new Reader();
    private final LoggerContext context = new LoggerContext();
    private final LogOutput output;
    private final Logger log;

    LogOutputTest() {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%msg%n");
        encoder.start();
        output = new LogOutput(encoder, reader);
        output.setContext(context);
        output.start();
        log = context.getLogger("ROOT");
        log.setLevel(Level.INFO);
        log.addAppender(output);
    }

    @Test
    void linesComeOutInTheirOrder() {
        reader.reads.countDown();
        for (int i = 0; i < 1_000; i++) {
            log.info("{}", i);
        }
        output.finish();
        List<String> lines = reader.lines();
        assertThat(lines).hasSize(1_000).first().isEqualTo("0");
        assertThat(lines).last().isEqualTo("999");
    }

    @Test
    void whoLogsDoesNotWaitForAReaderThatHasStoppedAndWhatIsLeftOutIsCounted() {
        int logged = 100_000;
        for (int i = 0; i < logged; i++) {
            log.info("{}", i);
        }
        output.finish();
        assertThat(reader.lines()).isEmpty();
        reader.reads.countDown();
        log.info("on");
        String lastLine = "on";
        while (!reader.lines().contains(lastLine)) {
            log.info(lastLine);
            output.finish();
        }
        long leftOut = reader.lines().stream()
                .map(LEFT_OUT::matcher)
                .filter(Matcher::matches)
                .mapToLong(line -> Long.parseLong(line.group(1)))
                .sum();
        long shown =
                reader.lines().stream().filter(line -> line.matches("\\d+")).count();
        assertThat(leftOut).isPositive();
        assertThat(shown).isPositive();
        assertThat(shown + leftOut).isBetween((long) logged, logged + 2L);
    }

    /// Who takes what is written, from some time on.
    private static final class Reader extends OutputStream {
        private final CountDownLatch reads = new CountDownLatch(1);
        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();

        @Override
        public void write(int one) {
            throw new IllegalStateException("lines are written whole");
        }

        @Override
        public void write(byte[] line) throws IOException {
            try {
                reads.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            synchronized (taken) {
                taken.writeBytes(line);
            }
        }

        List<String> lines() {
            synchronized (taken) {
                return taken.toString(StandardCharsets.UTF_8).lines().toList();
            }
        }
    }
}
