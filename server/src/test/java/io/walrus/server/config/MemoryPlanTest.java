package io.walrus.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walrus.server.config.CommandLineArguments.Outcome;
import io.walrus.server.config.MemoryPlan.Available;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MemoryPlanTest {
    private static final long MIB = 1 << 20;
    private static final Available DEFAULT = new Available(512 * MIB, 512 * MIB, 16_384 * MIB);

    private static MemoryPlan plan(Available available, String... flags) throws StartupException {
        String[] arguments =
                Stream.concat(Stream.of("--node-id", "1"), Stream.of(flags)).toArray(String[]::new);
        return switch (CommandLineArguments.parse(arguments, Map.of())) {
            case Outcome.Run(ServerConfig config, String _) -> MemoryPlan.of(config, available);
            case Outcome.Help _, Outcome.Invalid _ -> throw new AssertionError(List.of(arguments));
        };
    }

    @Test
    void theDefaultsShareOutWhatThereIsByDefault() throws StartupException {
        MemoryPlan plan = plan(DEFAULT);
        assertThat(plan.ringBlocks() * (long) plan.blockBytes()).isEqualTo(128 * MIB);
        assertThat(plan.clientBytes()).isEqualTo(128 * MIB);
        assertThat(plan.node().readAheadBytes()).isEqualTo(16 * MIB);
    }

    @Test
    void clientsHaveWhatTheOthersLeave() throws StartupException {
        assertThat(plan(new Available(256 * MIB, 256 * MIB, 16_384 * MIB)).clientBytes())
                .isBetween(20 * MIB, 30 * MIB);
        assertThat(plan(new Available(512 * MIB, 512 * MIB, 900 * MIB)).clientBytes())
                .isBetween(40 * MIB, 50 * MIB);
    }

    @Test
    void whatDoesNotFitIsRefusedByTheNamesOfTheSettings() {
        assertThatThrownBy(() -> plan(DEFAULT, "--tail-memory-bytes", "536870912"))
                .isInstanceOf(StartupException.class)
                .hasMessageContainingAll("WALRUS_DIRECT_MEMORY", "--tail-memory-bytes 536870912");
        assertThatThrownBy(() -> plan(DEFAULT, "--max-frame-bytes", "67108864"))
                .hasMessageContainingAll("WALRUS_DIRECT_MEMORY", "WALRUS_HEAP", "--max-frame-bytes 67108864");
    }

    @Test
    void aContainerThatIsTooSmallIsNamed() {
        assertThatThrownBy(() -> plan(new Available(512 * MIB, 512 * MIB, 768 * MIB)))
                .hasMessageContainingAll("768 MiB", "container", "WALRUS_HEAP");
    }

    @Test
    void theLogTakesOnlySoManyBlocks() throws StartupException {
        Available large = new Available(4_096 * MIB, 16_384 * MIB, 65_536 * MIB);
        assertThat(plan(large, "--tail-memory-bytes", "4294967296").ringBlocks())
                .isEqualTo(1_024);
        assertThatThrownBy(() -> plan(large, "--tail-memory-bytes", "8589934592"))
                .hasMessageContainingAll("--tail-memory-bytes 8589934592", "4294967296");
    }

    @Test
    void theLargestFrameHasABlockThatTheLogTakes() throws StartupException {
        Available large = new Available(4_096 * MIB, 4_096 * MIB, 65_536 * MIB);
        assertThat(plan(large, "--max-frame-bytes", "67108864").blockBytes()).isEqualTo(64 * (int) MIB);
    }
}
