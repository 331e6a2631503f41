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

    private static final Layers STONES = Layers.none().layer("stones", "Stone");
    private static final Layers WALLS = STONES.layer("walls", "Wall", "stones");

    private static void assertLayers(Layers layers, String... violations) {
        Walls walls = Walls.of(SAMPLES + "layered").layers(layers);
        assertThatThrownBy(() -> walls.check(classesOf("layered")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContainingAll(violations);
    }

    @Test
    void layers_thatHold_pass() {
        Walls walls = Walls.of(SAMPLES + "layered").layers(WALLS.layer("roofs", "Roof", "walls", "stones"));
        assertThatCode(() -> walls.check(classesOf("layered"))).doesNotThrowAnyException();
    }

    @Test
    void layers_topKnowsTooDeep_fails() {
        assertLayers(WALLS.layer("roofs", "Roof", "walls"), "'roofs' may not know 'stones'", "Stone");
    }

    @Test
    void layers_middleKnowsBottomUnasked_fails() {
        Layers layers = STONES.layer("walls", "Wall").layer("roofs", "Roof", "walls", "stones");
        assertLayers(layers, "'walls' may not know 'stones'", "Wall");
    }

    @Test
    void layers_bottomKnowsUpwards_fails() {
        // As drawn, roofs are below walls.
        Layers layers = STONES.layer("roofs", "Roof", "stones").layer("walls", "Wall", "stones");
        assertLayers(layers, "'roofs' may not know 'walls'", "Roof");
    }

    @Test
    void layers_classInNone_fails() {
        assertLayers(WALLS, "Roof belongs to 0 layers");
    }

    @Test
    void layers_classInTwo_fails() {
        assertLayers(WALLS.layer("roofs", "Roof|Wall", "walls", "stones"), "Wall belongs to 2 layers [walls, roofs]");
    }

    @Test
    void layers_withoutAClass_fails() {
        Layers layers = WALLS.layer("roofs", "Roof", "walls", "stones").layer("towers", "Tower");
        assertLayers(layers, "'towers' has no class");
    }

    @Test
    void layers_permissionThatNothingUses_fails() {
        Layers layers = STONES.layer("sand", "Sand").layer("walls", "Wall", "stones", "sand");
        assertLayers(layers, "'walls' may know 'sand' and does not");
    }

    @Test
    void layers_notFromTheBottomUp_isRefused() {
        assertThatThrownBy(() -> STONES.layer("walls", "Wall", "roofs"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'walls' knows 'roofs'");
        assertThatThrownBy(() -> STONES.layer("stones", "Pebble"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two layers 'stones'");
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
