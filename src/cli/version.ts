declare const DOCKMEDIC_VERSION: string | undefined;

/** The version of this program; put in at build time. */
export const VERSION = typeof DOCKMEDIC_VERSION === 'string' ? DOCKMEDIC_VERSION : '0.0.0-source';
