/** What is known of Docker's official images by their names alone. */

/** Official images by name: a bare name among these is an image, whatever a stage is called. */
const OFFICIAL = new Set(
  `adminer aerospike almalinux alpine alt amazoncorretto amazonlinux api-firewall arangodb archlinux backdrop bash bonita
  buildpack-deps busybox caddy cassandra centos chronograf cirros clearlinux clefos clickhouse clojure composer consul
  convertigo couchbase couchdb crate dart debian docker drupal eclipse-mosquitto eclipse-temurin eggdrop elasticsearch
  elixir emqx erlang express-gateway fedora flink fluentd friendica gazebo gcc geonetwork ghost golang gradle groovy
  haproxy haskell haxe hello-world hitch httpd hylang ibmjava influxdb irssi jetty joomla jruby julia kapacitor kibana
  kong krakend kudu lightstreamer liquibase logstash mageia mariadb matomo maven mediawiki memcached mongo mongo-express
  monica mono mysql nats nats-streaming neo4j neurodebian nextcloud nginx node notary odoo open-liberty openjdk opensuse
  oraclelinux orientdb percona perl photon php php-zendserver phpmyadmin plone postfixadmin postgres pypy python r-base
  rabbitmq rakudo-star redis redmine registry rethinkdb rocket.chat rockylinux ros ruby rust sapmachine scratch
  silverpeas solr sonarqube spark spiped storm swift swipl teamspeak telegraf tomcat tomee traefik ubuntu unit varnish
  vault websphere-liberty wordpress xwiki yourls znc zookeeper`.split(/\s+/),
);

export type Family = 'alpine' | 'debian';

export type KnownImage = {
  readonly family: Family;
  /** Where commands run; undefined where it differs from tag to tag. */
  readonly workdir?: string;
  /** Whether a command is started as it stands: no entrypoint, or one that hands it on unchanged. */
  readonly handsOn: boolean;
  /** Whether it is sure that no `bash` is in it. */
  readonly withoutBash: boolean;
};

type Entry = {
  /** What tags without the name of a system have; undefined where no such tag exists or it is another. */
  readonly usual: Family | undefined;
  readonly workdir?: string;
  readonly handsOn?: true;
  /** Of its Alpine variant. */
  readonly withoutBash?: true;
};

/** Only those whose tags are all of the forms read below. */
const KNOWN: Readonly<Record<string, Entry>> = {
  alpine: { usual: 'alpine', workdir: '/', handsOn: true, withoutBash: true },
  debian: { usual: 'debian', workdir: '/', handsOn: true },
  ubuntu: { usual: 'debian', workdir: '/', handsOn: true },
  // Its entrypoint runs what is no program with node.
  node: { usual: 'debian', workdir: '/', withoutBash: true },
  python: { usual: 'debian', workdir: '/', handsOn: true, withoutBash: true },
  golang: { usual: 'debian', workdir: '/go', handsOn: true, withoutBash: true },
  ruby: { usual: 'debian', workdir: '/', handsOn: true, withoutBash: true },
  rust: { usual: 'debian', workdir: '/', handsOn: true },
  php: { usual: 'debian' },
  nginx: { usual: 'debian', workdir: '/', handsOn: true },
  httpd: { usual: 'debian' },
  redis: { usual: 'debian', workdir: '/data', handsOn: true, withoutBash: true },
  postgres: { usual: 'debian' },
  memcached: { usual: 'debian' },
};

/** Parts of tags that say nothing of the system: versions and variants. */
const NEUTRAL =
  /^(?:v?\d+(?:\.\d+)*(?:rc\d*|beta\d*|alpha\d*|[ab]\d+)?|latest|lts|current|stable|mainline|slim|fpm|cli|zts|apache|perl|otel)$/;
const DEBIAN =
  /^(?:bullseye|bookworm|trixie|buster|stretch|jessie|focal|jammy|noble|bionic|xenial|hydrogen|iron|jod)$/;
const ALPINE = /^alpine(?:\d+(?:\.\d+)*)?$/;

/** The registries and paths under which official images are found unchanged. */
const OFFICIAL_PREFIX =
  /^(?:(?:docker\.io|index\.docker\.io|registry-1\.docker\.io|mirror\.gcr\.io)\/(?:library\/)?|library\/|public\.ecr\.aws\/docker\/library\/)/;

export function isOfficial(name: string): boolean {
  return OFFICIAL.has(name);
}

/** What an image's reference alone tells; undefined where that is not sure. */
export function knownImage(reference: string): KnownImage | undefined {
  const [named = ''] = reference.replace(OFFICIAL_PREFIX, '').split('@', 1);
  const [name = '', tag] = named.split(':', 2);
  if (name.includes('/') || !Object.hasOwn(KNOWN, name)) return undefined;
  const entry = KNOWN[name];
  // A digest without a tag may be any of them.
  if (!entry || (tag === undefined && reference.includes('@') && entry.usual === undefined)) return undefined;
  const family = familyOf(entry, name, tag, reference.includes('@'));
  if (!family) return undefined;
  return {
    family,
    handsOn: entry.handsOn === true,
    withoutBash: family === 'alpine' && entry.withoutBash === true,
    ...(entry.workdir === undefined ? {} : { workdir: entry.workdir }),
  };
}

function familyOf(entry: Entry, name: string, tag: string | undefined, digest: boolean): Family | undefined {
  // These are nothing else, whatever the tag.
  if (['alpine', 'debian', 'ubuntu'].includes(name)) return entry.usual;
  if (tag === undefined) return digest ? undefined : entry.usual;
  const parts = tag.toLowerCase().split('-');
  if (parts.some((part) => !NEUTRAL.test(part) && !DEBIAN.test(part) && !ALPINE.test(part))) return undefined;
  if (parts.some((part) => ALPINE.test(part))) return 'alpine';
  return entry.usual;
}
