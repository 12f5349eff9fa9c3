package dev.fanoutgateway.discovery;

import dev.fanoutgateway.discovery.DnsBackends.Family;
import dev.fanoutgateway.spi.BackendSource.Unavailable;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.ExtendedResolver;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;
import org.xbill.DNS.lookup.LookupSession;
import org.xbill.DNS.lookup.NoSuchDomainException;
import org.xbill.DNS.lookup.NoSuchRRSetException;

/**
 * One look into DNS: questions one after the other on the calling thread, within one time for all. All that touches dnsjava
 * stands here and in {@link DnsServerOnce}.
 */
final class DnsLook {
    private static final int TRIES = 2;
    private static final int MOST_TARGETS = 100;

    private static final Comparator<InetAddress> NUMERICAL =
            (one, other) -> one.getAddress().length != other.getAddress().length
                    ? Integer.compare(one.getAddress().length, other.getAddress().length)
                    : Arrays.compareUnsigned(one.getAddress(), other.getAddress());

    private static final Comparator<Service> BEST_FIRST = Comparator.comparingInt(Service::priority)
            .thenComparing(Comparator.comparingInt(Service::weight).reversed())
            .thenComparing(Service::target)
            .thenComparingInt(Service::port);

    private final LookupSession session;

    private DnsLook(LookupSession session) {
        this.session = session;
    }

    /** @throws NoClassDefFoundError if dnsjava is not on the class path */
    static void requireLibrary() {
        Type.string(Type.A);
    }

    /** @param servers whom to ask; the system's if there are none here */
    static DnsLook begin(List<InetSocketAddress> servers, Duration timeout) {
        List<InetSocketAddress> asked =
                servers.isEmpty() ? ResolverConfig.getCurrentConfig().servers() : servers;
        long deadline = System.nanoTime() + timeout.toNanos();
        List<Resolver> resolvers = new ArrayList<>();
        for (InetSocketAddress server : asked) {
            resolvers.add(new DnsServerOnce(server, timeout.toNanos() / 4, deadline));
        }
        ExtendedResolver all = new ExtendedResolver(resolvers);
        all.setRetries(TRIES);
        all.setTimeout(timeout);
        LookupSession.LookupSessionBuilder session =
                LookupSession.builder().resolver(all).executor(Runnable::run);
        if (servers.isEmpty()) {
            session.defaultHostsFileParser()
                    .searchPath(ResolverConfig.getCurrentConfig().searchPath())
                    .ndots(ResolverConfig.getCurrentConfig().ndots());
        }
        return new DnsLook(session.build());
    }

    /** The addresses of {@code name}, at least one, in numerical order. */
    Found<InetAddress> addresses(String name, Family family) {
        Found<InetAddress> found = addressesOrNone(name, family);
        if (found.values().isEmpty()) {
            throw new Unavailable("DNS has no address for " + name);
        }
        return found;
    }

    /** The addresses of {@code name}; none if DNS says that it has none. */
    Found<InetAddress> addressesOrNone(String name, Family family) {
        return switch (family) {
            case IPV4 -> addresses(name, Type.A);
            case IPV6 -> addresses(name, Type.AAAA);
            case IPV4_ELSE_IPV6 -> {
                Found<InetAddress> found = addresses(name, Type.A);
                yield found.values().isEmpty() ? addresses(name, Type.AAAA) : found;
            }
            case BOTH -> addresses(name, Type.A).and(addresses(name, Type.AAAA));
        };
    }

    /** The services of {@code name}, at least one, the preferred first. */
    Found<Service> services(String name) {
        List<Record> records = ask(name, Type.SRV);
        List<Service> services = records.stream()
                .map(SRVRecord.class::cast)
                .filter(record -> !record.getTarget().equals(Name.root)) // "decidedly not available at this domain"
                .map(record -> new Service(
                        record.getPriority(),
                        record.getWeight(),
                        record.getPort(),
                        record.getTarget().toString(true)))
                .filter(service -> service.target().matches("[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*") && service.port() > 0)
                .sorted(BEST_FIRST)
                .toList();
        if (services.isEmpty()) {
            throw new Unavailable("DNS has no service " + name);
        }
        if (services.size() > MOST_TARGETS) {
            throw new Unavailable("DNS has more than " + MOST_TARGETS + " targets for " + name);
        }
        return new Found<>(services, ttl(records));
    }

    private Found<InetAddress> addresses(String name, int type) {
        List<Record> records = ask(name, type);
        List<InetAddress> addresses = records.stream()
                .map(record -> record instanceof ARecord a ? a.getAddress() : ((AAAARecord) record).getAddress())
                .filter(DnsLook::isOfOneHost)
                .distinct()
                .sorted(NUMERICAL)
                .toList();
        return new Found<>(addresses, ttl(records));
    }

    /** The address of 'any' host means this one to a socket, and a group of hosts answers no HTTP. */
    private static boolean isOfOneHost(InetAddress address) {
        return !address.isAnyLocalAddress()
                && !address.isMulticastAddress()
                && !(address instanceof Inet6Address && address.isLinkLocalAddress());
    }

    /** The records of this type; none if DNS says that there are none. */
    private List<Record> ask(String name, int type) {
        try {
            return session.lookupAsync(Name.fromString(name), type)
                    .toCompletableFuture()
                    .join()
                    .getRecords();
        } catch (CompletionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof NoSuchDomainException || cause instanceof NoSuchRRSetException) {
                return List.of();
            }
            throw new Unavailable("DNS gave no answer for " + name + ": "
                    + (cause instanceof DnsServerOnce.Unwilling
                            ? cause.getMessage()
                            : (cause == null ? e : cause).getClass().getSimpleName()));
        } catch (TextParseException e) {
            throw new Unavailable("DNS has no names such as " + name);
        }
    }

    private static long ttl(List<Record> records) {
        return records.stream().mapToLong(Record::getTTL).min().orElse(Long.MAX_VALUE);
    }

    /**
     * What was found.
     *
     * @param ttlSeconds how long it may be believed; the greatest number where there is nothing
     */
    record Found<T>(List<T> values, long ttlSeconds) {
        Found<T> and(Found<T> other) {
            List<T> both = new ArrayList<>(values);
            both.addAll(other.values);
            return new Found<>(both, Math.min(ttlSeconds, other.ttlSeconds));
        }
    }

    /** A record of type SRV; its target without the last dot. */
    record Service(int priority, int weight, int port, String target) {}
}
