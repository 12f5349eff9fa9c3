package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.BackendGroup;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendSource;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a group says that its backends are: exactly one of {@code urls}, {@code file} and {@code dns}.
 *
 * @param backends those that are listed; none where there is a source, or something is wrong
 * @param source null where they are listed, or something is wrong
 */
record SourceSettings(List<Backend> backends, @Nullable BackendSource source) {
    private static final SourceSettings NONE = new SourceSettings(List.of(), null);

    /** A group of these. */
    BackendGroup group(String name) {
        return source == null ? BackendGroup.of(name, backends) : BackendGroup.of(name, source);
    }

    /** @param directory to which a file's name is relative */
    static SourceSettings read(String group, Section in, Path directory) {
        boolean file = in.node("file").filter(node -> !Node.isNull(node)).isPresent();
        boolean dns = in.node("dns").filter(node -> !Node.isNull(node)).isPresent();
        boolean urls = in.node("urls").filter(node -> !Node.isNull(node)).isPresent();
        if ((file ? 1 : 0) + (dns ? 1 : 0) + (urls ? 1 : 0) > 1) {
            String more = dns ? "dns" : "file";
            in.problems().add(in.lineOf(more), in.pathOf(more), "exactly one of urls, file and dns", "more of them");
            in.section("dns").ifPresent(DnsSettings::read);
            return NONE;
        }
        if (file) {
            return FileSettings.read(group, in, directory)
                    .map(SourceSettings::of)
                    .orElse(NONE);
        }
        return dns
                ? in.section("dns")
                        .flatMap(DnsSettings::read)
                        .map(SourceSettings::of)
                        .orElse(NONE)
                : new SourceSettings(ListedBackends.read(group, in), null);
    }

    private static SourceSettings of(BackendSource source) {
        return new SourceSettings(List.of(), source);
    }
}
