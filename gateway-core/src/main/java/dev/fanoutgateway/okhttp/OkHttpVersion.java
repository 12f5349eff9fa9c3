package dev.fanoutgateway.okhttp;

import java.lang.invoke.MethodHandles;
import okhttp3.OkHttp;

/** Makes sure that the OkHttp found at run time is the one this was written for: a host's own version silently wins. */
final class OkHttpVersion {
    private OkHttpVersion() {}

    static void requireFive() {
        check(found());
    }

    static void check(String version) {
        int dot = version.indexOf('.');
        String major = dot < 0 ? version : version.substring(0, dot);
        if (!major.matches("[0-9]{1,4}") || Integer.parseInt(major) < 5) {
            throw new IllegalStateException(
                    "Fanout Gateway needs OkHttp 5 or newer, but the class path has " + version
                            + ": import com.squareup.okhttp3:okhttp-bom 5.x before the bill of materials that brings the old one");
        }
    }

    /** Whether the OkHttp found is one whose insides {@link PoolUpkeep} was tried with. */
    static boolean upkeepWasTriedWith(String version) {
        return version.startsWith("5.5.");
    }

    /** Looked up, not named: the compiler would copy the constant's value from the version it compiles against. */
    static String found() {
        try {
            return (String) MethodHandles.publicLookup()
                    .findStaticGetter(OkHttp.class, "VERSION", String.class)
                    .invokeExact();
        } catch (Throwable e) {
            return "one without a version";
        }
    }
}
