package io.perfkit.testkit.walls;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/** Each rule meets a small artifact that breaks it on purpose. */
class WallsTest {
    private static final String SAMPLES = "io.perfkit.testkit.walls.sample.";

    @Test
    void check_soundArtifact_passes() {
        Walls walls = Walls.of(SAMPLES + "sound").room("redis", "org.slf4j..");
        assertThatCode(() -> walls.check(classesOf("sound"))).doesNotThrowAnyException();
    }

    @Test
    void check_importOfAnotherArtifact_fails() {
        // The other artifact is on the list of libraries, so that only the rule about artifacts can object.
        Walls walls = Walls.of(SAMPLES + "imports").mandatory(SAMPLES + "other");
        assertViolation(walls, "imports", "no artifact of perfkit imports another");
    }

    @Test
    void check_rootUsesOptionalLibrary_fails() {
        Walls walls = Walls.of(SAMPLES + "optional").room("redis", "org.slf4j..");
        assertViolation(walls, "optional", "a root package imports only what is always there");
    }

    @Test
    void check_roomReachesSideways_fails() {
        Walls walls = Walls.of(SAMPLES + "sideways").room("redis").room("json");
        assertViolation(walls, "sideways", "nothing beside it");
    }

    @Test
    void check_roomUsesLibraryOfAnother_fails() {
        Walls walls = Walls.of(SAMPLES + "sound").room("redis", "io.lettuce..");
        assertViolation(walls, "sound", "nothing beside it");
    }

    @Test
    void check_rootAndRoomStandOnTheGround_passes() {
        Walls walls = Walls.of(SAMPLES + "ground").ground("spi").room("redis");
        assertThatCode(() -> walls.check(classesOf("ground"))).doesNotThrowAnyException();
    }

    @Test
    void check_groundImportsTheRoot_fails() {
        Walls walls = Walls.of(SAMPLES + "hovering").ground("spi");
        assertViolation(walls, "hovering", "the ground stands on nothing");
    }

    @Test
    void check_cycleBetweenPackages_fails() {
        Walls walls =
                Walls.of(SAMPLES + "cycle").room("jobs", SAMPLES + "cycle..").room("jobs.redis");
        assertViolation(walls, "cycle", "packages that need each other are one package");
    }

    @Test
    void check_packageWithoutRoom_fails() {
        assertViolation(Walls.of(SAMPLES + "sound"), "sound", "Packages without a room");
    }

    @Test
    void check_listenerThatNobodyTells_fails() {
        assertThatThrownBy(() -> Walls.of(SAMPLES + "silent").check(classesOf("silent")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("SampleListener.onNeverTold()")
                .hasMessageNotContaining("SampleListener.onTold()");
    }

    @Test
    void check_emptyName_fails() {
        assertViolation(Walls.of(SAMPLES + "names"), "names", "says nothing about what a class is for");
    }

    @Test
    void check_noClassesAtAll_fails() {
        assertViolation(Walls.of(SAMPLES + "missing"), "missing", "around nothing");
    }

    private static void assertViolation(Walls walls, String sample, String reason) {
        assertThatThrownBy(() -> walls.check(classesOf(sample)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(reason);
    }

    private static JavaClasses classesOf(String sample) {
        return new ClassFileImporter().importPackages(SAMPLES + sample);
    }
}
