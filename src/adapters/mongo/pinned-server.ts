/** Which server a cursor lives on: a getMore must go where its find went, and commands, unlike the driver's cursors, are not pinned. */
import type { ServerDescription, TopologyDescription } from 'mongodb';

const isSecondary = (server: ServerDescription): boolean => server.type === 'RSSecondary';
const isPrimary = (server: ServerDescription): boolean => server.type === 'RSPrimary';

function nearest(servers: readonly ServerDescription[]): ServerDescription | undefined {
  return [...servers].sort((a, b) => a.roundTripTime - b.roundTripTime)[0];
}

function chooseMember(servers: readonly ServerDescription[], mode: string): ServerDescription | undefined {
  const primary = servers.find(isPrimary);
  const secondary = nearest(servers.filter(isSecondary));
  switch (mode) {
    case 'secondary':
      return secondary;
    case 'secondaryPreferred':
      return secondary ?? primary;
    case 'primaryPreferred':
      return primary ?? secondary;
    case 'nearest':
      return nearest(servers.filter((server) => isPrimary(server) || isSecondary(server)));
    default:
      return primary;
  }
}

/** Address of the server to read from by a direct connection; undefined where the client itself always ends at the same one. */
export function serverToPin(topology: TopologyDescription | undefined, mode: string): string | undefined {
  if (!topology) return undefined;
  const servers = [...topology.servers.values()];
  if (topology.type === 'Sharded') {
    const routers = servers.filter((server) => server.type === 'Mongos');
    return routers.length > 1 ? nearest(routers)?.address : undefined;
  }
  if (!topology.type.startsWith('ReplicaSet') || servers.length < 2 || mode === 'primary') return undefined;
  return chooseMember(servers, mode)?.address;
}
