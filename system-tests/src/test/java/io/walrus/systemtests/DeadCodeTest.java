package io.walrus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Public methods that nothing but tests calls are dead: they are to be called, made private, or deleted.
class DeadCodeTest {
    /// What is written for callers that aren't here: the libraries' users, and, of the testkit, tests.
    private static final Set<String> LIBRARIES = Set.of("storage", "client", "protocol", "testkit");

    @Test
    void eachPublicMethodOfTheProductHasACaller() {
        JavaClasses walrus = new ClassFileImporter()
                .withImportOption(location -> !location.contains("/test-classes/"))
                .importPackages("io.walrus");
        List<String> uncalled = walrus.stream()
                .filter(type -> LIBRARIES.stream().noneMatch(library -> isOf(library, type)))
                .flatMap(type -> type.getMethods().stream())
                .filter(DeadCodeTest::needsACaller)
                .filter(method -> method.getAccessesToSelf().isEmpty())
                .map(method -> method.getFullName().replace("io.walrus.", ""))
                .sorted()
                .toList();
        assertThat(uncalled).isEmpty();
    }

    /// The API of the storage library is its root package; the engine below it is a part of the product.
    private static boolean isOf(String library, JavaClass type) {
        String name = "io.walrus." + library;
        return library.equals("testkit")
                ? (type.getPackageName() + ".").startsWith(name + ".")
                : type.getPackageName().equals(name);
    }

    private static boolean needsACaller(JavaMethod method) {
        JavaClass owner = method.getOwner();
        return method.getModifiers().contains(JavaModifier.PUBLIC)
                && !method.getModifiers().contains(JavaModifier.SYNTHETIC)
                && !method.getName().equals("main")
                && method.getAnnotations().isEmpty()
                && !isOfTheLanguage(method)
                && overridden(owner)
                        .noneMatch(parent -> parent.tryGetMethod(
                                        method.getName(),
                                        method.getRawParameterTypes().stream()
                                                .map(JavaClass::getName)
                                                .toArray(String[]::new))
                                .isPresent());
    }

    /// An enum's `values` and `valueOf`, and what a record has for its components.
    private static boolean isOfTheLanguage(JavaMethod method) {
        JavaClass owner = method.getOwner();
        boolean isOfEnum = owner.isEnum() && Set.of("values", "valueOf").contains(method.getName());
        boolean isAccessor = owner.isRecord()
                && method.getRawParameterTypes().isEmpty()
                && owner.tryGetField(method.getName()).isPresent();
        boolean isOfObject = Set.of("toString", "equals", "hashCode").contains(method.getName());
        return isOfEnum || isAccessor || isOfObject;
    }

    private static Stream<JavaClass> overridden(JavaClass type) {
        return Stream.concat(type.getAllRawSuperclasses().stream(), type.getAllRawInterfaces().stream());
    }
}
