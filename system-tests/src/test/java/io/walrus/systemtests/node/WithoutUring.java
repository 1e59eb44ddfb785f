package io.walrus.systemtests.node;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Becomes another program, one that the kernel refuses io_uring, as the defaults of container engines have it.
///
/// Arguments: the error number of the refusal, the program, its arguments.
@SuppressWarnings("restricted")
final class WithoutUring {
    private static final int NO_NEW_PRIVILEGES = 38;
    private static final int SECCOMP = 22;
    private static final long FILTER = 2;
    private static final int FIRST_CALL = 425;
    private static final int LAST_CALL = 427;
    /// `struct sock_filter`: an operation, how far to jump if it holds and if not, a number.
    private static final int[][] REFUSING = {
        {0x20, 0, 0, 0},
        {0x35, 0, 2, FIRST_CALL},
        {0x25, 1, 0, LAST_CALL},
        {0x06, 0, 0, 0x0005_0000},
        {0x06, 0, 0, 0x7fff_0000}
    };

    private static final int REFUSAL = 3;

    private WithoutUring() {}

    /// The command to be put before another's.
    static List<String> launcher(int error) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                WithoutUring.class.getName(),
                Integer.toString(error));
    }

    static void main(String[] arguments) throws Throwable {
        Linker linker = Linker.nativeLinker();
        MethodHandle control = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("prctl"),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_LONG),
                Linker.Option.firstVariadicArg(1));
        MethodHandle become = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("execv"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment filter = filter(Integer.parseInt(arguments[0]), arena);
            int allowed = (int) control.invokeExact(NO_NEW_PRIVILEGES, 1L, MemorySegment.NULL, 0L, 0L);
            int filtered = (int) control.invokeExact(SECCOMP, FILTER, filter, 0L, 0L);
            if (allowed != 0 || filtered != 0) {
                throw new IllegalStateException("the kernel takes no filter");
            }
            List<MemorySegment> words = new ArrayList<>();
            for (int i = 1; i < arguments.length; i++) {
                words.add(arena.allocateFrom(arguments[i]));
            }
            MemorySegment list = arena.allocate(ValueLayout.ADDRESS, words.size() + 1L);
            for (int i = 0; i < words.size(); i++) {
                list.setAtIndex(ValueLayout.ADDRESS, i, words.get(i));
            }
            int failed = (int) become.invokeExact(words.getFirst(), list);
            throw new IllegalStateException(arguments[1] + " can't be run: " + failed);
        }
    }

    /// A `struct sock_fprog`.
    private static MemorySegment filter(int error, Arena arena) {
        MemorySegment steps = arena.allocate(8L * REFUSING.length, 8);
        for (int i = 0; i < REFUSING.length; i++) {
            int[] step = REFUSING[i];
            steps.set(ValueLayout.JAVA_SHORT, 8L * i, (short) step[0]);
            steps.set(ValueLayout.JAVA_BYTE, 8L * i + 2, (byte) step[1]);
            steps.set(ValueLayout.JAVA_BYTE, 8L * i + 3, (byte) step[2]);
            steps.set(ValueLayout.JAVA_INT, 8L * i + 4, step[3] + (i == REFUSAL ? error : 0));
        }
        MemorySegment program = arena.allocate(16, 8);
        program.set(ValueLayout.JAVA_SHORT, 0, (short) REFUSING.length);
        program.set(ValueLayout.ADDRESS, 8, steps);
        return program;
    }
}
