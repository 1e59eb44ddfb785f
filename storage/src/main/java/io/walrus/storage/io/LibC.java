package io.walrus.storage.io;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// The system calls that [UringDisk] needs, on Linux with 64 bits. Each answers a negative error number if it failed.
///
/// Using this class asks for native access. Where there is none, or no such function, it can't be initialized.
@SuppressWarnings("restricted") // What Java can't check is kept to this class.
final class LibC {
    static final int ENOENT = 2;
    static final int EINTR = 4;
    static final int EAGAIN = 11;
    static final int EACCES = 13;
    static final int EBUSY = 16;
    static final int EINVAL = 22;

    static final int O_RDONLY = 0;
    static final int O_RDWR = 2;
    static final int O_CREAT = 0x40;
    static final int O_CLOEXEC = 0x8_0000;

    /// Bytes for one thread at a time, in which a call leaves its error number.
    static final MemoryLayout CALL_STATE = Linker.Option.captureStateLayout();

    // The same on every processor.
    private static final long SETUP = 425;
    private static final long ENTER = 426;
    private static final long GET_EVENTS = 1;

    private static final int READ_AND_WRITE = 3;
    private static final int SHARED = 1;
    private static final int SEEK_END = 2;
    private static final int MODE = 0666;
    private static final int MAX_MESSAGE_BYTES = 1024;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final VarHandle ERROR = CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle SYSCALL_SETUP = link(
            "syscall",
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS),
            Linker.Option.firstVariadicArg(1));
    private static final MethodHandle SYSCALL_ENTER = link(
            "syscall",
            FunctionDescriptor.of(
                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.firstVariadicArg(1));
    private static final MethodHandle OPEN = link(
            "open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle CLOSE = link("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle FSYNC = link("fsync", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle TRUNCATE =
            link("ftruncate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle SEEK =
            link("lseek", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle MAP =
            link("mmap", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle UNMAP = link("munmap", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle MESSAGE = link("strerror", FunctionDescriptor.of(ADDRESS, JAVA_INT));

    private LibC() {}

    private static MethodHandle link(String name, FunctionDescriptor type, Linker.Option... options) {
        Linker.Option[] all = new Linker.Option[options.length + 1];
        System.arraycopy(options, 0, all, 0, options.length);
        all[options.length] = ERRNO;
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type, all);
    }

    /// Makes a ring.
    ///
    /// @param parameters a `struct io_uring_params`, which is filled
    /// @return its file descriptor
    static int setup(int entries, MemorySegment parameters) {
        return (int) call(state -> (long) SYSCALL_SETUP.invokeExact(state, SETUP, (long) entries, parameters));
    }

    /// Hands requests to a ring and waits until it has answered one. Allocates nothing.
    ///
    /// @param state of [#CALL_STATE]
    /// @return how many were taken
    static int enter(int ring, int requests, MemorySegment state) {
        try {
            long result = (long)
                    SYSCALL_ENTER.invokeExact(state, ENTER, (long) ring, (long) requests, 1L, GET_EVENTS, 0L, 0L);
            return result < 0 ? -errorIn(state) : (int) result;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /// Opens a file, creating it if the flags say so.
    ///
    /// @return its file descriptor
    static int open(String path, int flags) {
        return (int) call(state -> {
            try (Arena arena = Arena.ofConfined()) {
                return (int) OPEN.invokeExact(state, arena.allocateFrom(path), flags, MODE);
            }
        });
    }

    static int close(int file) {
        return (int) call(state -> (int) CLOSE.invokeExact(state, file));
    }

    static int force(int file) {
        return (int) call(state -> (int) FSYNC.invokeExact(state, file));
    }

    static int truncate(int file, long size) {
        return (int) call(state -> (int) TRUNCATE.invokeExact(state, file, size));
    }

    static long size(int file) {
        return call(state -> (long) SEEK.invokeExact(state, file, 0L, SEEK_END));
    }

    /// Maps memory that is shared with the kernel, until the arena is closed.
    ///
    /// @return what was mapped, or null
    static @Nullable MemorySegment map(int file, long offset, long size, Arena arena) {
        MemorySegment[] mapped = new MemorySegment[1];
        long address = call(state -> {
            mapped[0] = (MemorySegment)
                    MAP.invokeExact(state, MemorySegment.NULL, size, READ_AND_WRITE, SHARED, file, offset);
            return mapped[0].address();
        });
        // Only the last page of all would do for an error number.
        return address < 0 ? null : mapped[0].reinterpret(size, arena, LibC::unmap);
    }

    private static void unmap(MemorySegment mapped) {
        call(state -> (int) UNMAP.invokeExact(state, mapped, mapped.byteSize()));
    }

    /// What the system says about an error number.
    static String message(int error) {
        MemorySegment[] text = new MemorySegment[1];
        call(state -> {
            text[0] = (MemorySegment) MESSAGE.invokeExact(state, error);
            return 0;
        });
        return text[0].reinterpret(MAX_MESSAGE_BYTES).getString(0);
    }

    private interface Call {
        long run(MemorySegment state) throws Throwable;
    }

    private static long call(Call call) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CALL_STATE);
            long result = call.run(state);
            return result == -1 ? -errorIn(state) : result;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static int errorIn(MemorySegment state) {
        return (int) ERROR.get(state, 0L);
    }
}
