package io.walrus.consensus.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.walrus.consensus.raft.MetadataStateMachine;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;

/// By itself: it reads a log that the nodes of other tests write to, too.
@Isolated
class VotersWarningTest {
    @TempDir
    private Path dir;

    /// A leader repeats the configuration when it begins, and a restart reads it again.
    @Test
    void twoVotersAreWarnedOfOnceANode() throws Exception {
        ListAppender<ILoggingEvent> events = new ListAppender<>();
        events.start();
        Logger logger = (Logger) LoggerFactory.getLogger(MetadataStateMachine.class);
        logger.addAppender(events);
        try (Member one = Member.found(dir);
                Member two = Member.joiner(2, dir)) {
            two.joined(one.port());
            assertThat(one.log.transferLeadership(LoneNode.TIMEOUT).get()).isTrue();
            await().until(two.log::leads);
            one.create("logs");
            two.create("more");
            await().untilAsserted(() -> assertThat(two.log.state()).isEqualTo(one.log.state()));
        } finally {
            logger.detachAppender(events);
        }
        assertThat(events.list)
                .filteredOn(event -> event.getMessage().contains("two voters"))
                .hasSize(2);
    }
}
