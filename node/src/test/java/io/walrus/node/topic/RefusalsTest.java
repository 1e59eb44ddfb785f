package io.walrus.node.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.protocol.ErrorCode;
import io.walrus.storage.error.StorageException;
import io.walrus.storage.error.StorageException.Category;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which failure a client is told of as what.
class RefusalsTest {
    @ParameterizedTest
    @CsvSource({
        "DISK_FULL, DISK_FULL",
        "READ_ONLY, READ_ONLY",
        "OUTCOME_UNKNOWN, OUTCOME_UNKNOWN",
        "CORRUPT, DATA_DAMAGED",
        "CLOSED, SHUTTING_DOWN",
        "TRIMMED, INTERNAL"
    })
    void aFailureOfTheLogHasItsCode(Category category, ErrorCode code) {
        String text = Refusals.text(new StorageException(category, "what happened"));
        assertThat(ErrorCode.of(text)).isEqualTo(code);
    }

    @Test
    void anyOtherFailureIsTheDisks() {
        assertThat(Refusals.text(new IOException("Input/output error")))
                .isEqualTo("internal error: the disk failed: Input/output error");
    }

    @Test
    void aStreamThatWasDeletedIsReadElsewhere() {
        assertThat(Refusals.isGone(new StorageException(Category.UNKNOWN_STREAM, "gone")))
                .isTrue();
        assertThat(Refusals.isGone(new StorageException(Category.CORRUPT, "damaged")))
                .isFalse();
        assertThat(Refusals.isGone(new IOException("Input/output error"))).isFalse();
    }
}
