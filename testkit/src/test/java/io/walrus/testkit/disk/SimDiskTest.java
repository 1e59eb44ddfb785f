package io.walrus.testkit.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walrus.storage.io.DirectoryInUseException;
import io.walrus.storage.io.Disk.WriteMode;
import io.walrus.storage.io.DiskFile;
import io.walrus.storage.io.DiskFullException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SimDiskTest {
    private final SimDisk disk = new SimDisk();

    @Test
    void keepsForcedBytesAndNamesWhateverTheCrash() throws IOException {
        disk.createDirectories("a/b");
        try (DiskFile file = disk.open("a/b/f", WriteMode.BUFFERED)) {
            file.write(0, filled(1000, 7));
            file.force();
        }
        disk.forceDirectory("a/b");
        try (DiskFile file = disk.open("a/b/f", WriteMode.FORCED)) {
            file.write(4096, filled(4096, 8));
        }
        for (CrashOutcome outcome : CrashOutcome.values()) {
            for (long seed = 0; seed < 50; seed++) {
                byte[] bytes = disk.survivors(outcome, seed).bytes("a/b/f");
                assertThat(bytes).hasSize(8192);
                assertThat(Arrays.copyOf(bytes, 1000)).containsOnly(7);
                assertThat(Arrays.copyOfRange(bytes, 1000, 4096)).containsOnly(0);
                assertThat(Arrays.copyOfRange(bytes, 4096, 8192)).containsOnly(8);
            }
        }
    }

    @Test
    void losesKeepsAndTearsUnforcedBytesBySector() throws IOException {
        DiskFile file = durableFile("f", 4096);
        file.write(0, filled(4096, 9));

        assertThat(disk.survivors(CrashOutcome.ALL_LOST, 1).bytes("f")).containsOnly(0);
        assertThat(disk.survivors(CrashOutcome.PROCESS_KILLED, 1).bytes("f")).containsOnly(9);
        Set<Integer> kept = new HashSet<>();
        for (long seed = 0; seed < 200; seed++) {
            byte[] bytes = disk.survivors(CrashOutcome.SCATTERED, seed).bytes("f");
            int sectors = 0;
            for (int at = 0; at < 4096; at += 512) {
                byte first = bytes[at];
                assertThat(Arrays.copyOfRange(bytes, at, at + 512)).containsOnly(first);
                sectors += first == 9 ? 1 : 0;
            }
            kept.add(sectors);
        }
        assertThat(kept).contains(0, 1, 4, 7, 8);
    }

    @Test
    void keepsOneVersionOfEachSectorWrittenTwice() throws IOException {
        DiskFile file = durableFile("f", 1024);
        file.write(0, filled(1024, 1));
        file.write(0, filled(512, 2));

        Set<String> seen = new HashSet<>();
        for (long seed = 0; seed < 500; seed++) {
            byte[] bytes = disk.survivors(CrashOutcome.SCATTERED, seed).bytes("f");
            seen.add(bytes[0] + "," + bytes[512]);
        }
        assertThat(seen).containsExactlyInAnyOrder("0,0", "0,1", "1,0", "1,1", "2,0", "2,1");
    }

    @Test
    void losesTheSizeOfAnUnforcedExtension() throws IOException {
        DiskFile file = durableFile("f", 512);
        file.write(512, filled(512, 3));

        Set<Integer> sizes = new HashSet<>();
        for (long seed = 0; seed < 100; seed++) {
            sizes.add(disk.survivors(CrashOutcome.SCATTERED, seed).bytes("f").length);
        }
        assertThat(sizes).containsExactlyInAnyOrder(512, 1024);
    }

    @Test
    void keepsOrUndoesAnUnforcedTruncationAsOneChange() throws IOException {
        DiskFile file = durableFile("f", 2048);
        file.write(0, filled(2048, 1));
        file.force();
        file.truncate(512);
        file.write(512, filled(512, 2));

        Set<String> seen = new HashSet<>();
        for (long seed = 0; seed < 300; seed++) {
            byte[] bytes = disk.survivors(CrashOutcome.SCATTERED, seed).bytes("f");
            seen.add(bytes.length + ":" + bytes[bytes.length - 1]);
        }
        assertThat(seen).containsExactlyInAnyOrder("2048:1", "512:1", "1024:0", "1024:2");
    }

    @Test
    void renamesAtomicallyAndLosesUnforcedNamesIndependently() throws IOException {
        durableFile("old", 1).write(0, filled(1, 1));
        try (DiskFile file = disk.open("new", WriteMode.BUFFERED)) {
            file.write(0, filled(1, 2));
            file.force();
        }
        disk.rename("new", "old");
        disk.open("other", WriteMode.BUFFERED).close();

        assertThat(disk.survivors(CrashOutcome.ALL_LOST, 1).files()).containsExactly("old");
        Set<List<String>> seen = new HashSet<>();
        for (long seed = 0; seed < 300; seed++) {
            SimDisk survivors = disk.survivors(CrashOutcome.SCATTERED, seed);
            assertThat(survivors.bytes("old")).hasSize(1);
            seen.add(survivors.files());
        }
        assertThat(seen)
                .containsExactlyInAnyOrder(
                        List.of("old"), List.of("new", "old"), List.of("old", "other"), List.of("new", "old", "other"));
        disk.forceDirectory("");
        assertThat(disk.survivors(CrashOutcome.ALL_LOST, 1).bytes("old")).containsExactly(2);
    }

    @Test
    void bringsBackAnUnforcedDelete() throws IOException {
        durableFile("f", 8);
        disk.delete("f");
        assertThat(disk.exists("f")).isFalse();
        assertThat(disk.survivors(CrashOutcome.ALL_LOST, 1).files()).containsExactly("f");
        disk.forceDirectory("");
        assertThat(disk.survivors(CrashOutcome.ALL_LOST, 1).files()).isEmpty();
    }

    @Test
    void tearsAForcedWriteThatIsUnderWay() throws IOException {
        durableFile("f", 4096);
        Set<Long> kept = new HashSet<>();
        disk.watch(boundary -> {
            if (boundary.operation() == Operation.WRITE) {
                for (long seed = 0; seed < 100; seed++) {
                    for (CrashOutcome outcome : CrashOutcome.values()) {
                        byte[] bytes = bytes(disk.survivors(outcome, seed), "f");
                        long sectors = 0;
                        for (int at = 0; at < bytes.length; at += 512) {
                            sectors += bytes[at];
                        }
                        kept.add(sectors);
                    }
                }
            }
        });
        try (DiskFile file = disk.open("f", WriteMode.FORCED)) {
            file.write(0, filled(4096, 1));
        }
        assertThat(kept).contains(0L, 1L, 4L, 8L);
        assertThat(disk.survivors(CrashOutcome.ALL_LOST, 1).bytes("f")).containsOnly(1);
    }

    @Test
    void stopsForGoodAtTheBoundaryAskedFor() throws IOException {
        DiskFile file = durableFile("f", 512);
        disk.crashAt(disk.boundaries() + 1);
        file.write(0, filled(512, 1));
        assertThatThrownBy(file::force).isInstanceOf(CrashSignal.class);
        assertThatThrownBy(() -> disk.list("")).isInstanceOf(CrashSignal.class);
        assertThat(disk.survivors(CrashOutcome.ALL_LOST, 1).bytes("f")).containsOnly(0);
        assertThat(disk.survivors(CrashOutcome.PROCESS_KILLED, 1).list("")).containsExactly("f");
    }

    @Test
    void refusesWritesWhenFullAndTakesThemAgainWhenThereIsRoom() throws IOException {
        DiskFile file = durableFile("f", 1000);
        DiskFile other = durableFile("g", 1000);
        disk.limitCapacity(2500);
        assertThat(disk.usableBytes()).isEqualTo(500);
        assertThatThrownBy(() -> file.write(1000, filled(501, 1))).isInstanceOf(DiskFullException.class);
        file.write(0, filled(1000, 2));
        disk.delete("g");
        other.close();
        file.write(1000, filled(1500, 3));
        assertThat(disk.usableBytes()).isZero();
    }

    @Test
    void failsTheCallsAskedForAndNeverForcesWhatAFailedForceLeft() throws IOException {
        DiskFile file = durableFile("f", 1024);
        disk.failOnce(Operation.WRITE, "f", 1);
        disk.failOnce(Operation.FORCE, "f", 0);
        file.write(0, filled(512, 1));
        assertThatThrownBy(() -> file.write(0, filled(1024, 2)))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(DiskFullException.class);
        assertThatThrownBy(file::force).isInstanceOf(IOException.class);
        file.force();
        assertThat(disk.survivors(CrashOutcome.ALL_LOST, 1).bytes("f")).containsOnly(0);
    }

    @Test
    void breaksThePromisesItIsToldToBreak() throws IOException {
        DiskFile file = durableFile("f", 4096);
        for (Lie.Promise promise : Lie.Promise.values()) {
            disk.lieAbout(new Lie(promise, ""));
        }
        file.write(0, filled(512, 1));
        file.force();
        try (DiskFile forced = disk.open("f", WriteMode.FORCED)) {
            forced.write(0, filled(4096, 1));
        }
        disk.open("g", WriteMode.BUFFERED).close();
        disk.forceDirectory("");
        SimDisk survivors = disk.survivors(CrashOutcome.ALL_LOST, 1);
        assertThat(survivors.files()).containsExactly("f");
        assertThat(survivors.bytes("f")).containsOnly(0);
    }

    @Test
    void refusesUnalignedForcedWritesAndASecondHolder() throws IOException {
        try (DiskFile file = disk.open("f", WriteMode.FORCED)) {
            assertThatThrownBy(() -> file.write(512, filled(4096, 1))).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> file.write(0, filled(512, 1))).isInstanceOf(IllegalArgumentException.class);
        }
        disk.lock("LOCK");
        assertThatThrownBy(() -> disk.lock("LOCK")).isInstanceOf(DirectoryInUseException.class);
        disk.survivors(CrashOutcome.PROCESS_KILLED, 1).lock("LOCK");
    }

    @Test
    void leavesUnforcedWhatAKilledProcessWroteSoThatALossOfPowerCanStillTakeIt() throws IOException {
        DiskFile file = durableFile("f", 512);
        file.write(0, filled(512, 1));
        disk.open("g", WriteMode.BUFFERED).close();
        disk.rename("f", "h");

        SimDisk afterKill = disk.survivors(CrashOutcome.PROCESS_KILLED, 1);
        assertThat(afterKill.files()).containsExactly("g", "h");
        assertThat(afterKill.bytes("h")).containsOnly(1);
        SimDisk afterPowerLoss = afterKill.survivors(CrashOutcome.ALL_LOST, 1);
        assertThat(afterPowerLoss.files()).containsExactly("f");
        assertThat(afterPowerLoss.bytes("f")).containsOnly(0);
        try (DiskFile reopened = afterKill.open("h", WriteMode.BUFFERED)) {
            reopened.force();
        }
        afterKill.forceDirectory("");
        assertThat(afterKill.survivors(CrashOutcome.ALL_LOST, 1).bytes("h")).containsOnly(1);
    }

    @Test
    void picksTheSameSurvivorsFromTheSameSeed() throws IOException {
        DiskFile file = durableFile("f", 1 << 16);
        file.write(0, filled(1 << 16, 1));
        for (CrashOutcome outcome : CrashOutcome.values()) {
            assertThat(disk.survivors(outcome, 42).bytes("f"))
                    .isEqualTo(disk.survivors(outcome, 42).bytes("f"));
        }
    }

    private DiskFile durableFile(String path, int size) throws IOException {
        DiskFile file = disk.open(path, WriteMode.BUFFERED);
        file.write(0, filled(size, 0));
        file.force();
        disk.forceDirectory("");
        return file;
    }

    private static byte[] bytes(SimDisk disk, String path) {
        try {
            return disk.bytes(path);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static ByteBuffer filled(int size, int value) {
        byte[] bytes = new byte[size];
        Arrays.fill(bytes, (byte) value);
        return ByteBuffer.wrap(bytes);
    }
}
