/** What costs are attributed to, as the caller named it. */
export interface Labels {
  feature: string | null;
  user: string | null;
  team: string | null;
}

/** What a caller claims, but for what its key says already. */
export const labelsOf = (own: Labels, claimed: Labels): Labels => ({
  feature: own.feature ?? claimed.feature,
  user: own.user ?? claimed.user,
  team: own.team ?? claimed.team,
});
