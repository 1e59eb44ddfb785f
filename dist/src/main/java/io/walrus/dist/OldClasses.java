package io.walrus.dist;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassHierarchyResolver.ClassHierarchyInfo;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.reflect.AccessFlag;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipFile;

/// Class files older than Java 6, as picocli has them, which Java keeps out of an ahead-of-time cache: it would
/// load and verify them anew at each start. They are written again in the form that it takes, with the same code.
final class OldClasses {
    private static final int CLASS_MAGIC_AND_VERSION_BYTES = 8;

    private OldClasses() {}

    /// Whether a jar holds any.
    static boolean areIn(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            return zip.stream()
                    .filter(entry -> entry.getName().endsWith(".class"))
                    .anyMatch(entry -> {
                        try (var in = zip.getInputStream(entry)) {
                            return isOld(in.readNBytes(CLASS_MAGIC_AND_VERSION_BYTES));
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    });
        }
    }

    /// The jar with its old classes in the newer form.
    static byte[] renewed(Path jar) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ClassFile classes = ClassFile.of(
                StackMapsOption.GENERATE_STACK_MAPS, ClassFile.ClassHierarchyResolverOption.of(hierarchy(jar)));
        try (ZipFile zip = new ZipFile(jar.toFile());
                JarOutputStream out = new JarOutputStream(bytes)) {
            for (var entry : zip.stream().toList()) {
                byte[] content = zip.getInputStream(entry).readAllBytes();
                JarEntry copy = new JarEntry(entry.getName());
                copy.setTimeLocal(entry.getTimeLocal());
                out.putNextEntry(copy);
                out.write(entry.getName().endsWith(".class") && isOld(content) ? renewed(classes, content) : content);
                out.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] renewed(ClassFile classes, byte[] old) {
        // Each instruction is passed on by itself: code that is copied as a whole would get no stack maps.
        return classes.transformClass(
                classes.parse(old),
                ClassTransform.dropping(ClassFileVersion.class::isInstance)
                        .andThen(ClassTransform.transformingMethodBodies(CodeBuilder::with))
                        .andThen(ClassTransform.endHandler(
                                builder -> builder.withVersion(ClassFile.JAVA_8_VERSION, 0))));
    }

    private static boolean isOld(byte[] content) {
        return content.length >= CLASS_MAGIC_AND_VERSION_BYTES
                && (((content[6] & 0xff) << 8) | (content[7] & 0xff)) < ClassFile.JAVA_6_VERSION;
    }

    /// What the jar itself and the JDK say of each class: generating stack maps asks for common superclasses.
    private static ClassHierarchyResolver hierarchy(Path jar) throws IOException {
        Map<ClassDesc, ClassHierarchyInfo> known = new HashMap<>();
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (var entry : zip.stream()
                    .filter(each -> each.getName().endsWith(".class"))
                    .toList()) {
                ClassModel model =
                        ClassFile.of().parse(zip.getInputStream(entry).readAllBytes());
                known.put(
                        model.thisClass().asSymbol(),
                        model.flags().has(AccessFlag.INTERFACE)
                                ? ClassHierarchyInfo.ofInterface()
                                : ClassHierarchyInfo.ofClass(model.superclass()
                                        .map(each -> each.asSymbol())
                                        .orElse(null)));
            }
        }
        ClassHierarchyResolver inJar = known::get;
        return inJar.orElse(ClassHierarchyResolver.defaultResolver());
    }
}
