package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a region of JSON says where Jackson is absent, or there in parts that do not fit together. */
class JacksonOnTheClassPathTest {

    record Report(String month, long cents) {}

    /** This class path, loaded anew without the classes whose names begin so. */
    private static final class Without extends URLClassLoader {
        private final String prefix;

        Without(String prefix) {
            super(classPath(), ClassLoader.getPlatformClassLoader());
            this.prefix = prefix;
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (name.startsWith(prefix)) {
                throw new ClassNotFoundException(name);
            }
            return super.findClass(name);
        }

        private static URL[] classPath() {
            List<URL> urls = new ArrayList<>();
            for (String entry : System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                    .split(File.pathSeparator, -1)) {
                try {
                    urls.add(Path.of(entry).toUri().toURL());
                } catch (MalformedURLException e) {
                    throw new IllegalStateException(entry, e);
                }
            }
            return urls.toArray(URL[]::new);
        }
    }

    /** The message of the region's refusal, or "" if there is none. */
    private static String refusalWithout(String prefix) throws IOException, ReflectiveOperationException {
        try (Without loader = new Without(prefix)) {
            Method forType = loader.loadClass(PlainCodecs.class.getName())
                    .getDeclaredMethod("forType", Class.class, String.class);
            forType.setAccessible(true);
            try {
                forType.invoke(null, loader.loadClass(Report.class.getName()), "report");
                return "";
            } catch (InvocationTargetException e) {
                assertThat(e.getCause().getClass().getName()).isEqualTo(CacheException.class.getName());
                return String.valueOf(e.getCause().getMessage());
            }
        }
    }

    @Test
    void everythingIsThere_theRegionIsMade() throws Exception {
        assertThat(refusalWithout("nothing.")).isEmpty();
    }

    @Test
    void jacksonIsAbsent_theMessageNamesTheCoordinates() throws Exception {
        assertThat(refusalWithout("tools.jackson."))
                .isEqualTo("Region 'report' holds " + Report.class.getName() + ", which is stored as JSON, but Jackson "
                        + "3 is not on the class path: add tools.jackson.core:jackson-databind, or define "
                        + "the region with a Codec of your own");
    }

    /** jackson-annotations 2.20 beside a databind of 3.2. */
    @Test
    void annotationsAreTooOldForTheMapper_theMessageSaysThatTheyDoNotFit() throws Exception {
        assertThat(refusalWithout("com.fasterxml.jackson.annotation.JsonSerializeAs"))
                .contains("of versions that do not fit together", "JsonSerializeAs", "tools.jackson:jackson-bom");
    }

    /** jackson-annotations 2.21 beside a databind of 3.2: a mapper can be made, but nothing can be written. */
    @Test
    void annotationsAreTooOldForWriting_theMessageSaysThatTheyDoNotFit() throws Exception {
        assertThat(refusalWithout("com.fasterxml.jackson.annotation.JsonApplyView"))
                .contains("of versions that do not fit together", "JsonApplyView", "tools.jackson:jackson-bom");
    }
}
