
#include <stdio.h>
#include <stdlib.h>
#include "points_to_internal.h"
#include "states.h"
#include <string.h>
void debug_dump(struct points_to *p);
static const char *tn(struct points_to *p, uint32_t t, char *b, size_t n) {
  const struct thing *at=&p->things->items.items[t];
  const char *k[]={"var","local","code","lit","heap","any","unk"};
  if (at->object!=NONE) snprintf(b,n,"%s %s%s%s",k[at->kind],p->program->objects.items[at->object].root,at->frame!=NONE?"@":"",at->frame!=NONE?p->program->functions.items[p->frames->items.items[at->frame].function].name:"");
  else if (at->kind==THING_HEAP) snprintf(b,n,"heap %s at %s",at->type==NONE?"?":type_spelling(p->program,at->type),p->program->functions.items[p->frames->items.items[at->frame].function].name);
  else if (at->kind==THING_ANY) snprintf(b,n,"any %s",type_spelling(p->program,at->type));
  else { struct place pl={0}; if(at->frame!=NONE&&at->instruction!=NONE){ const struct facts_instruction*i=frame_instruction(p,at->frame,at->instruction); pl.line=i->place.line; }
    snprintf(b,n,"unk %s %s in %s:%u",at->cause,at->detail,at->frame==NONE?"":p->program->functions.items[p->frames->items.items[at->frame].function].name,pl.line);}
  return b;
}
void debug_dump(struct points_to *p) {
  char b[400];
  fprintf(stderr,"open %d values %u nodes %u locations %u things %u edges %zu largest %zu frames %u\n",p->open_world,p->frames->value_count,p->nodes.count,p->things->locations.count,p->things->items.count,p->edge_count,p->largest_set,p->frames->items.count);
  size_t total=0; for(uint32_t i=0;i<p->nodes.count;i++) total+=p->nodes.items[i].set.items.count;
  fprintf(stderr,"total set size %zu\n",total);
  uint32_t *cnt=calloc(p->things->items.count,4);
  for(uint32_t i=0;i<p->things->locations.count;i++) cnt[p->things->locations.items[i].thing]++;
  for(int k=0;k<12;k++){uint32_t m=0;for(uint32_t i=0;i<p->things->items.count;i++)if(cnt[i]>cnt[m])m=i; fprintf(stderr,"  %u locations in %s\n",cnt[m],tn(p,m,b,sizeof b));cnt[m]=0;}
  for(uint32_t i=0;i<p->things->items.count;i++){int kd=p->things->items.items[i].kind; if(kd==THING_ANY||kd==THING_UNKNOWN) fprintf(stderr,"  %s\n",tn(p,i,b,sizeof b));}
  const char*want=getenv("SOLVER_SETS");
  for(uint32_t f=0; want&&f<p->frames->items.count;f++){ const struct function*fn=&p->program->functions.items[p->frames->items.items[f].function]; if(!strstr(want,fn->name)) continue;
    fprintf(stderr,"frame %u %s\n",f,fn->name);
    for(uint32_t v=0;v<fn->facts->value_count;v++){const struct location_set*s=points_to_value(p,f,v); fprintf(stderr,"  %%%s#%u:",fn->facts->value_names[v],v); for(uint32_t i=0;i<s->items.count&&i<12;i++){struct location l=p->things->locations.items[s->items.items[i]]; fprintf(stderr," {%s+%d}",tn(p,l.thing,b,sizeof b),l.offset);} fprintf(stderr," (%u)\n",s->items.count);}}
  free(cnt);
}
void debug_externals(struct program *program, const struct models *models);
void debug_externals(struct program *program, const struct models *models) {
  for (uint32_t f = 0; f < program->functions.count; f++) { const struct function *function = &program->functions.items[f]; const struct unit *unit = &program->units[function->unit];
    for (size_t i = 0; i < function->facts->instruction_count; i++) { const struct facts_instruction *in = &function->facts->instructions[i];
      uint32_t object = in->op == FACTS_CALL && in->object != FACTS_NONE ? unit->objects[in->object] : NONE;
      if (object != NONE && program->objects.items[object].function_index == NONE && !models_find(models, program->objects.items[object].name)) fprintf(stderr,"external %s from %s\n",program->objects.items[object].name,function->name);
      if (in->op==FACTS_UNKNOWN) fprintf(stderr,"FACTS_UNKNOWN %s in %s:%u result %d\n",in->text,function->name,in->place.line,(int)in->result);
    } } }
void debug_frame(struct points_to *p, uint32_t f);
void debug_frame(struct points_to *p, uint32_t f) { char b[400];
 const struct function*fn=&p->program->functions.items[p->frames->items.items[f].function];
    fprintf(stderr,"frame %u %s\n",f,fn->name);
    for(uint32_t v=0;v<fn->facts->value_count;v++){const struct location_set*s=points_to_value(p,f,v); fprintf(stderr,"  %%%s#%u:",fn->facts->value_names[v],v); for(uint32_t i=0;i<s->items.count&&i<12;i++){struct location l=p->things->locations.items[s->items.items[i]]; fprintf(stderr," {%s+%d}",tn(p,l.thing,b,sizeof b),l.offset);} fprintf(stderr," (%u)\n",s->items.count);}}
void debug_writers(struct points_to *p, const char *name, int off);
void debug_writers(struct points_to *p, const char *name, int off) { char b[400];
  for (uint32_t f=0; f<p->frames->items.count; f++) { const struct function*fn=&p->program->functions.items[p->frames->items.items[f].function];
    for (uint32_t i=0;i<fn->facts->instruction_count;i++){ const struct facts_instruction*in=&fn->facts->instructions[i]; if(in->op!=FACTS_STORE&&in->op!=FACTS_COPYMEM) continue; if(in->a==FACTS_NONE) continue;
      const struct location_set*s=points_to_value(p,f,in->a);
      for(uint32_t k=0;k<s->items.count;k++){struct location l=p->things->locations.items[s->items.items[k]]; tn(p,l.thing,b,sizeof b); if(strstr(b,name)&&(l.offset==off||l.offset==OFFSET_ANY)) { const struct location_set*v=in->b==FACTS_NONE?NULL:points_to_value(p,f,in->b); fprintf(stderr,"%s:%u frame %u op %d {%s+%d} a-set %u b-set %u\n",fn->name,in->place.line,f,in->op,b,l.offset,s->items.count,v?v->items.count:0);} } } } }
void debug_probe(struct points_to *p, const struct use *use, uint32_t location);
void debug_probe(struct points_to *p, const struct use *use, uint32_t location) {
  const char *want=getenv("SOLVER_PROBE"); if(!want) return;
  const struct thing *t=&p->things->items.items[p->things->locations.items[location].thing];
  const char *fn=p->program->functions.items[p->frames->items.items[use->frame].function].name;
  if(strcmp(fn,want)) return;
  if(t->kind!=THING_HEAP||t->type==NONE||p->program->types.items[t->type].kind!=FACTS_RECORD) return;
  fprintf(stderr,"PROBE line %u role %u location off %d\n",frame_instruction(p,use->frame,use->instruction)->place.line,use->role,p->things->locations.items[location].offset);
  debug_frame(p,use->frame); uint32_t f=p->frames->items.items[use->frame].parent; while(f!=NONE){debug_frame(p,f); f=p->frames->items.items[f].parent;}
  exit(9);
}
